// What an entry of the change log says, as a number: whether it is the one that was written.
#pragma once

#include "guanxi/schema/record.hpp"

namespace guanxi::store {

std::uint64_t hash_of_change(const schema::record& entry);

}  // namespace guanxi::store
