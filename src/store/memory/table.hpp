// The tables of a memory store, found by the entity's number or name, and what each of them keeps
// for those who read an earlier moment.
//
//   table_set tables;   table* deals = find(tables, *catalog->find("opportunity"));
//
// Thread rule: as the contents that own them.
#pragma once

#include "guanxi/schema/definition.hpp"
#include "query/columns/column_table.hpp"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/mem_fun.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index_container.hpp>

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

  /// The rows that there were before a transaction added some.
  struct growth {
    moment during = 0;
    row_number rows = 0;
  };
  const std::string& key() const noexcept { return name; }

  std::string name;
  std::uint16_t number;
  schema::entity_definition definition;       ///< as of the last commit
  query::column_table columns;
  moment born;                                ///< the commit that made it
  std::vector<moment> columns_born;           ///< and each of its columns
  moment changed_at = 0;                      ///< by the last commit that changed it
  std::uint64_t version = 0;                  ///< no two contents of tables have had the same
  bool touched = false;                       ///< by the open transaction
  std::vector<growth> growths;                ///< rising; only what a reader may still ask for
  std::size_t erasures = 0;                   ///< in the history
  std::unordered_map<row_number, serial> newest;  ///< the last change of each row in the history
};

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

/// The table of an entity, or nullptr. An entity keeps its number from catalog to catalog.
inline table* find(const table_set& tables, const schema::entity& of) noexcept {
  const auto& numbers = tables.get<by_number>();
  const auto at = numbers.find(of.number());
  return at != numbers.end() && (*at)->name == of.name() ? at->get() : nullptr;
}

}  // namespace guanxi::store::memory
