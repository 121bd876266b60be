// The change log's entry for one record: what changed, as JSON of the changed fields.
#pragma once

#include "guanxi/schema/record.hpp"

#include <string>
#include <vector>

namespace guanxi::work {

/// Slots whose values differ; the stamps (revision, modified_…) do not count.
std::vector<std::uint16_t> differing(const schema::record& before, const schema::record& after);

/// {"amount":1200.00,"stage":"17"} for these slots, as they are in `r`.
std::string fields_as_json(const schema::record& r, const std::vector<std::uint16_t>& slots);

}  // namespace guanxi::work
