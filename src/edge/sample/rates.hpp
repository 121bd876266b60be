// Exchange rates of the sample's years, so that its amounts convert.
#pragma once

#include "company.hpp"

namespace guanxi::edge::sample {

/// A rate a quarter of each currency in use and of CNY, EUR and USD; none into a store that has
/// rates, or whose base currency the sample does not know.
void quote(writer& into, date today, const company_state& state);

}  // namespace guanxi::edge::sample
