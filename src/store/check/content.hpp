// What the kit keeps in a store: tables of every kind of field, and rows of edge values.
//
//   const tables all = tables_of("", true).value();
//   schema::record r = row_of(all, 0, id{7}, 3, content);
//
// Thread rule: values.
#pragma once

#include "guanxi/schema/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace guanxi::store::checking {

/// check_all has a field of each kind; check_all_b has a name that begins with another's; gx_check
/// keeps no revisions, as the library's own tables.
enum table_number : std::uint8_t { all_kinds = 0, second = 1, bare_table = 2 };
inline constexpr std::size_t table_count = 3;

/// The catalog of the kit's tables, before and after `added` fields came to check_all: one at the
/// end, one in the middle.
inline constexpr int most_added = 2;
schema::catalog_ptr catalog_of(std::string_view suffix, int added);
const schema::entity& table_of(const schema::catalog& in, std::size_t number);

/// What a row holds: `plain` nothing beyond what it must; edge(n) the n-th edge value in every
/// field; long_texts texts that are longer than many a store likes; else by chance.
inline constexpr std::uint64_t plain = 0;
inline constexpr std::uint64_t edges = 12;
constexpr std::uint64_t edge(std::uint64_t n) noexcept { return n + 1; }
inline constexpr std::uint64_t long_texts = edges + 1;
inline constexpr std::uint64_t first_chance = long_texts + 1;

schema::record row_of(const schema::catalog_ptr& in, std::size_t table, id key,
                      std::int64_t revision, std::uint64_t content);
/// Its fields that are not null, shortened.
std::string shown(const schema::record& r);
/// The first field in which two rows differ, in words: "`amount` = 5 in place of 5.00"; or "".
std::string difference(const schema::record& got, const schema::record& due);

}  // namespace guanxi::store::checking
