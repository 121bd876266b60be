// Both versions of a record that somebody else has changed in the meantime, as the error of the
// one who came second encloses them.
//
//   auto done = s.change(read, {opportunity::amount = 500});
//   if (const conflict* c = conflict_of(done.error())) show(c->stored, c->wanted);
//
// Thread rule: immutable.
#pragma once

#include "guanxi/base/error.hpp"
#include "guanxi/schema/record.hpp"

namespace guanxi::schema {

struct conflict final : enclosure {
  conflict(record stored_now, record wanted_then)
      : stored(std::move(stored_now)), wanted(std::move(wanted_then)) {}
  record stored;  ///< as it stands, hidden fields null
  record wanted;  ///< the same with the caller's values; empty: a deletion
};

/// The versions that an error encloses; null for an error without them.
inline const conflict* conflict_of(const error& e) noexcept {
  return dynamic_cast<const conflict*>(e.enclosed());
}

}  // namespace guanxi::schema
