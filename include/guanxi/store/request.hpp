// What the core asks of a host's store that finds rows itself: those of one entity that pass simple
// terms, in an order, so many. It says nothing of our expression tree.
//
//   for (const term& t : asked.terms) sql += t.of->name + …;      // "amount" >= 100.00
//   if (passes(asked.terms[0], row)) …                             // what a term means
//
// Thread rule: values. A term's field lives as long as the call that has the request.
#pragma once

#include "guanxi/query/split.hpp"
#include "guanxi/schema/catalog.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi {
class text_services;
}

namespace guanxi::store {

/// What a term says of a field. The numbers are those of the C API.
enum class comparison : std::uint8_t {
  equal = 1, not_equal = 2, less = 3, less_equal = 4, greater = 5, greater_equal = 6,
  in = 7,           ///< one of the constants, which rise
  is_null = 8, is_not_null = 9,
  starts_with = 10  ///< the text as text_services::folded has it begins with the constant
};
/// "=", "<>", "<", "<=", ">", ">=", "in", "is null", "is not null", "starts with".
std::string_view name(comparison c) noexcept;

/// A condition on one field of a row. A null passes is_null alone. Texts compare by their bytes,
/// false is before true.
struct term {
  const schema::field* of = nullptr;
  comparison how = comparison::equal;
  /// None for is_null and is_not_null, else one, of `in` any number; of the field's type, decimals
  /// of its scale.
  std::vector<value> constants;
  friend bool operator==(const term&, const term&) = default;
};

struct sort_key {
  const schema::field* of = nullptr;
  bool descending = false;
  bool nulls_first = true;
  friend bool operator==(const sort_key&, const sort_key&) = default;
};

/// To plan: all that the core would like. To execute: what the store has taken of it, all of which
/// it then does.
struct request {
  std::vector<term> terms;      ///< a row passes all of them
  /// Rows that are equal in all keys come by rising id; without keys all do.
  std::vector<sort_key> sort;
  id after;                     ///< to execute without sort: rows with an id above this one
  /// Rows that are wanted; 0, to plan alone: no limit. It counts rows that pass.
  std::size_t limit = 0;
  /// Slots whose values are looked at, rising; those of others may be null. 0 and 1 are among them.
  std::vector<std::uint16_t> columns;
  friend bool operator==(const request&, const request&) = default;
};

/// What a store says to a request.
struct plan_answer {
  /// One a term. exact: execute gives no row that fails it; prune: it leaves out some that do, and
  /// the core looks again; either way every row that passes is given. unsupported: not looked at.
  std::vector<query::verdict> terms;
  bool sort = false;  ///< execute gives rows in the order of sort
};

/// Whether a row passes a term; `text` is asked by starts_with alone.
bool passes(const term& t, std::span<const value> row, const text_services* text = nullptr);
/// Whether one row stands before another in the order of a sort.
bool stands_before(std::span<const sort_key> sort, std::span<const value> a,
                   std::span<const value> b);
/// A term in words, as "`amount` >= 100.00".
std::string in_words(const term& t);
/// A sort in words, as "`name`, `amount` descending".
std::string in_words(std::span<const sort_key> sort);

}  // namespace guanxi::store
