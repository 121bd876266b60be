// The change log's entry for one record: what changed, as JSON of the changed fields.
#pragma once

#include "guanxi/schema/record.hpp"

#include <span>
#include <string>
#include <vector>

namespace guanxi::work {

/// Slots whose values differ, or that have one if nothing was before; the stamps (revision,
/// modified_…) do not count.
std::vector<std::uint16_t> differing(const schema::record* before, const schema::record& after);

/// {"amount":1200.00,"stage":"17"} for these slots, as they are in `r`. `keys` holds `"amount":`
/// and its like, by slot.
std::string fields_as_json(const schema::record& r, std::span<const std::uint16_t> slots,
                           std::span<const std::string> keys);

}  // namespace guanxi::work
