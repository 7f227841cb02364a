import type { View } from './index.ts'
import { jsonText } from './json.ts'
import type { Report } from './schema.ts'
import { budgetsPart } from './table/budgets.ts'
import { noticesPart } from './table/notices.ts'
import { packagesPart, removedPackagesPart, unownedPart } from './table/packages.ts'
import { pageText } from './table/page.ts'

/** What `imgaudit packages` prints: of the report what tells who owns what. */
export const packageFormats = {
  table: async () => (report, options) => pageText(parts, report, options),
  json:
    async () =>
    ({ schemaVersion, tool, image, packages, unowned, budgets, notices }) =>
      jsonText({ schemaVersion, tool, image, packages, unowned, budgets, notices }),
} satisfies View<Report>

const parts = [packagesPart, removedPackagesPart, unownedPart, noticesPart, budgetsPart]
