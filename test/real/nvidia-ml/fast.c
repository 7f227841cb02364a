#include <stddef.h>

unsigned long long sum(const unsigned char *bytes, size_t count) {
  unsigned long long total = 0;
  for (size_t at = 0; at < count; at++) total += bytes[at];
  return total;
}
