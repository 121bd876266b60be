// Tables from rows: what SQLite must be told when the catalog grows.
#pragma once

#include "guanxi/schema/step.hpp"
#include "names.hpp"

#include <string>
#include <vector>

namespace guanxi::store::sqlite {

/// The statements for one step, in order.
std::vector<std::string> statements_for(const schema::step& s, const schema::catalog& to,
                                        const names& called);

}  // namespace guanxi::store::sqlite
