// Tables from rows: what SQLite must be told when the catalog grows.
#pragma once

#include "guanxi/schema/step.hpp"
#include "names.hpp"

#include <string>
#include <vector>

namespace guanxi::store::sqlite {

/// The fields that have columns, in column order.
std::vector<const schema::field*> stored_fields(const schema::entity& e);

/// What makes the entity's indices.
std::vector<std::string> index_statements(const schema::entity& e, const names& called);

/// The statements for one step, in order.
std::vector<std::string> statements_for(const schema::step& s, const schema::catalog& to,
                                        const names& called);

}  // namespace guanxi::store::sqlite
