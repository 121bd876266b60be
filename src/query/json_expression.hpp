// Expressions of statements as JSON: what stands behind `where`, in `select`, in an order.
#pragma once

#include "guanxi/query/statement.hpp"

#include "json_place.hpp"

#include <cstdint>

namespace guanxi::query::json_form {

/// Whether a string stands for a path or for a text.
enum class bare : std::uint8_t { text, path };

/// Reads one expression; `beside` are keys that the caller reads, such as `as`. Selects and
/// conditions on children that nest in it go to `into`, which lies at this depth; null: none may.
result<expr::tree> read_expression(const json& x, const place& where, bare strings,
                                   words beside = {}, statement* into = nullptr, int depth = 0);
/// A number or a parameter, as limits and ranges take.
result<expr::tree> read_count(const json& x, const place& where);

/// A select, the outermost or one that nests (statement_json.cpp); of children it may have a name.
result<statement> read_select(const json& x, const place& where, int depth,
                              bool of_children = false);

}  // namespace guanxi::query::json_form
