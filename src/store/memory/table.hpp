// The tables of a memory store, found by the entity's number or name, and what each of them keeps
// for those who read an earlier moment.
//
// A table whose rows get another form is replaced by a new one, which keeps it for those readers; a
// new name is noted in place, beside the one before.
//
//   table_set tables;   table* deals = find(tables, *catalog->find("opportunity"));
//
// Thread rule: as the contents that own them.
#pragma once

#include "guanxi/schema/catalog.hpp"
#include "query/columns/column_table.hpp"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/mem_fun.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index_container.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace guanxi::store::memory {

using query::no_row;
using query::row_number;

/// How many transactions had committed: what a reader sees is named by it.
using moment = std::uint64_t;
/// Position of a change in the history.
using serial = std::uint64_t;
inline constexpr serial no_change = ~serial{0};

struct table {
  table(const schema::entity& of, moment since)
      : name(of.name()),
        number(of.number()),
        definition(of.definition()),
        columns(of),
        born(since),
        columns_born(of.slots(), since) {}
  /// Takes the place of another with the same rows, whose columns may then be changed.
  table(const table& was, moment since)
      : name(was.name),
        number(was.number),
        definition(was.definition),
        columns(was.columns),
        born(since),
        columns_born(was.columns_born.size(), since),
        former(was.former) {}

  /// The rows that there were before a transaction added some.
  struct growth {
    moment during = 0;
    row_number rows = 0;
  };
  struct former_name {
    std::string name;
    moment until = 0;  ///< the commit that gave it another
  };
  const std::string& key() const noexcept { return name; }
  /// Whether a definition of the entity reads the columns right: one from before they changed does
  /// not.
  bool fits(const schema::entity& of) const noexcept;

  std::string name;
  std::uint16_t number;
  schema::entity_definition definition;       ///< as of the last commit
  query::column_table columns;
  moment born;                                ///< the commit that made it
  std::unique_ptr<table> before;              ///< what was in its place, for earlier moments
  std::vector<moment> columns_born;           ///< and each of its columns
  moment changed_at = 0;                      ///< by the last commit that changed it
  std::uint64_t version = 0;                  ///< no two contents of tables have had the same
  bool touched = false;                       ///< by the open transaction
  std::vector<growth> growths;                ///< rising; only what a reader may still ask for
  std::size_t erasures = 0;                   ///< in the history
  std::unordered_map<row_number, serial> newest;  ///< the last change of each row in the history
  std::vector<former_name> former;            ///< in the order of moments
  std::vector<std::uint32_t> forms;           ///< of the columns, if it took another's place

 private:
  mutable std::atomic<const schema::entity*> known_to_fit_ = nullptr;
};

/// What a column of a field is like, in a number that no other field of the entity ever has.
inline std::uint32_t form_of(const schema::field& f) noexcept {
  const value_type stored = schema::stored_as(f.type);
  const std::uint32_t scale = stored == value_type::decimal ? f.scale : 0u;
  return std::uint32_t{f.number} << 16 | static_cast<std::uint32_t>(stored) << 8 | scale;
}

inline bool table::fits(const schema::entity& of) const noexcept {
  if (forms.empty() || known_to_fit_.load(std::memory_order_relaxed) == &of) return true;
  if (of.slots() > forms.size()) return false;
  for (std::uint16_t slot = 0; slot < of.slots(); ++slot)
    if (forms[slot] != form_of(of.at(slot))) return false;
  known_to_fit_.store(&of, std::memory_order_relaxed);
  return true;
}

struct by_number {};
struct by_name {};
using table_set = boost::multi_index_container<
    std::unique_ptr<table>,
    boost::multi_index::indexed_by<
        boost::multi_index::hashed_unique<
            boost::multi_index::tag<by_number>,
            boost::multi_index::member<table, std::uint16_t, &table::number>>,
        boost::multi_index::hashed_unique<
            boost::multi_index::tag<by_name>,
            boost::multi_index::const_mem_fun<table, const std::string&, &table::key>>>>;

inline table* find(const table_set& tables, std::uint16_t number) noexcept {
  const auto& numbers = tables.get<by_number>();
  const auto at = numbers.find(number);
  return at == numbers.end() ? nullptr : at->get();
}

/// The table that the writer has of an entity, or nullptr. An entity keeps its number from catalog
/// to catalog.
inline table* find(const table_set& tables, const schema::entity& of) noexcept {
  table* const t = find(tables, of.number());
  return t && t->name == of.name() ? t : nullptr;
}

}  // namespace guanxi::store::memory
