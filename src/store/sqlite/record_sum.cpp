#include "record_sum.hpp"

#include "connection.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <new>
#include <string>
#include <string_view>

namespace guanxi::store::sqlite {

namespace {

std::uint64_t share_of(std::int64_t number, std::uint64_t seed) {
  constexpr std::uint64_t of_numbers = 0x9e3779b97f4a7c15ULL;  // apart from a text of eight bytes
  std::array<std::uint8_t, 8> bytes = {};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * i));
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed ^ of_numbers);
}

std::uint64_t share_of(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

}  // namespace

record_sum::record_sum(const std::vector<const schema::field*>& fields) : fields_(fields) {
  seeds_.reserve(fields.size());
  for (const schema::field* f : fields) {
    const std::string name = std::string(f->of->name()) + "." + f->name;
    seeds_.push_back(XXH3_64bits(name.data(), name.size()));
  }
}

std::uint64_t record_sum::share(std::size_t column, const value& v) const {
  const std::uint64_t seed = seeds_[column];
  switch (v.type()) {
    case value_type::null: return 0;
    case value_type::text: return share_of(v.as_text(), seed);
    case value_type::boolean: return share_of(std::int64_t{v.as_boolean()}, seed);
    case value_type::integer: return share_of(v.as_integer(), seed);
    case value_type::date: return share_of(std::int64_t{v.as_date().days}, seed);
    case value_type::instant: return share_of(v.as_instant().microseconds, seed);
    case value_type::reference: return share_of(v.as_id().value, seed);
    case value_type::decimal: {
      const decimal d = v.as_decimal();
      const int scale = fields_[column]->scale;
      return share_of(rescaled(d.coefficient, d.scale, scale).value_or(0), seed);
    }
  }
  return 0;
}

std::int64_t record_sum::of(const schema::record& r) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < fields_.size(); ++i) sum ^= share(i, r.at(fields_[i]->slot));
  return static_cast<std::int64_t>(sum);
}

std::int64_t record_sum::change(std::size_t column, const value& was, const value& is) const {
  return static_cast<std::int64_t>(share(column, was) ^ share(column, is));
}

stored_cell cell_at(const connection& c, sqlite3_stmt* row, int column) {
  const sqlite_functions& api = c.api();
  switch (api.column_type(row, column)) {
    case SQLITE_NULL: return {};
    case SQLITE_INTEGER: return stored_cell::of(std::int64_t{api.column_int64(row, column)});
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(api.column_text(row, column));
      if (!text) throw std::bad_alloc();  // not null, so there was no memory to show it
      return stored_cell::of(
          std::string_view(text, static_cast<std::size_t>(api.column_bytes(row, column))));
    }
    default: return {.holds = stored_cell::kind::other, .text = {}};
  }
}

bool record_sum::add(std::size_t column, const stored_cell& cell, std::int64_t& sum) const {
  std::uint64_t share = 0;
  switch (cell.holds) {
    case stored_cell::kind::null: return true;
    case stored_cell::kind::integer: share = share_of(cell.number, seeds_[column]); break;
    case stored_cell::kind::text: share = share_of(cell.text, seeds_[column]); break;
    case stored_cell::kind::other: return false;
  }
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) ^ share);
  return true;
}

bool record_sum::read(const connection& c, sqlite3_stmt* row, std::int64_t& sum) const {
  sum = 0;
  bool fits = true;
  for (std::size_t i = 0; i < fields_.size(); ++i)
    fits = add(i, cell_at(c, row, static_cast<int>(i)), sum) && fits;
  return fits;
}

std::string changed_sum(std::string_view parameter) {
  const std::string sum = '"' + std::string(sum_column) + '"', by(parameter);
  return sum + " = (" + sum + " | " + by + ") - (" + sum + " & " + by + ")";
}

}  // namespace guanxi::store::sqlite
