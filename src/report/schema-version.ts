/** Of reports, comparisons and trends. Raised when a field changes or goes; adding one keeps it. */
export const schemaVersion = 1
