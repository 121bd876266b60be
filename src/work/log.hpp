// The change log's entry for one record: what changed, packed.
#pragma once

#include "guanxi/store/change_entry.hpp"

#include <span>
#include <string>
#include <vector>

namespace guanxi::work {

/// Slots whose values differ, or that have one if nothing was before, in the order of `numbered`;
/// the stamps (revision, modified_…) do not count.
std::vector<std::uint16_t> differing(const schema::record* before, const schema::record& after,
                                     std::span<const std::uint16_t> numbered);

/// One change of one record, on its way into the log.
struct logged_change {
  store::change_kind what;
  instant at;
  store::cause_name why;
  const schema::record* before;              ///< nullptr for a created record
  const schema::record& after;
  std::span<const std::uint16_t> changed;    ///< from differing(); a purge tells all
  std::span<const std::uint16_t> numbered;   ///< all slots by their fields' lasting numbers
};

/// The entry's text. What replaces something also tells when and by whom the record was last
/// modified before, so that it can be brought back to just what it was.
std::string packed(const logged_change& c);

}  // namespace guanxi::work
