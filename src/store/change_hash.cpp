#include "change_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace guanxi::store {

std::uint64_t hash_of_change(const schema::record& entry) {
  XXH64_hash_t out = 0;
  for (const value& v : entry.slots()) {
    const auto kind = static_cast<std::uint64_t>(v.type());
    if (v.type() == value_type::text) {
      const std::string_view text = v.as_text();
      out = XXH3_64bits_withSeed(text.data(), text.size(), out + kind);
      continue;
    }
    std::int64_t number = 0;
    if (v.type() == value_type::integer) number = v.as_integer();
    else if (v.type() == value_type::instant) number = v.as_instant().microseconds;
    else if (v.type() == value_type::reference) number = v.as_id().value;
    else if (v.type() == value_type::boolean) number = v.as_boolean();
    out = XXH3_64bits_withSeed(&number, sizeof number, out + kind);
  }
  return out;
}

}  // namespace guanxi::store
