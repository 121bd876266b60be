// What the library's own tables hold, read without trust: a damaged file may have nothing, or
// something of another kind, in any column.
//
//   if (stored_text(row.at(slot)) == "account") …
//   result<std::int64_t> next = stored_counter(row);
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/store/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace guanxi::store {

/// The text, or none.
inline std::string_view stored_text(const value& v) {
  return v.type() == value_type::text ? std::string_view(v.as_text()) : std::string_view();
}

/// The number, or 0.
inline std::int64_t stored_number(const value& v) {
  return v.type() == value_type::integer ? v.as_integer() : 0;
}

/// The number in a row of gx_meta. Errors: errc::store_corrupt where there is none.
inline result<std::int64_t> stored_counter(const schema::record& row) {
  const value& v = row.at(system_table::meta["number"].slot);
  if (v.type() == value_type::integer) return v.as_integer();
  return unexpected(errc::store_corrupt,
                    "the counter " + std::to_string(row.key().value) +
                        " of the store is damaged; verify it, then restore or salvage it");
}

}  // namespace guanxi::store
