// A store of rows in maps that is right, or wrong in one way: what the conformance kit is tried on.
//
//   faulty_host::shelf kept;
//   faulty_host store(kept, fault::scan_inclusive);
//
// Thread rule: one thread at a time.
#pragma once

#include "guanxi/store/host.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace guanxi::test {

enum class fault {
  none,
  put_keeps_what_is_nulled, put_cuts_text, put_takes_empty_for_null, put_checks_no_revision,
  put_makes_what_is_missing, put_refuses_what_was_erased, put_counts_in_32_bits,
  put_computes_in_doubles, put_loses_old_dates, put_writes_before_it_refuses,
  erase_does_nothing, erase_reaches_other_tables, erase_fails_on_nothing,
  get_mixes_tables, get_remembers_too_long,
  scan_inclusive, scan_orders_as_text, scan_ignores_the_limit, scan_misses_the_last,
  scan_stops_at_32_bits,
  begin_does_nothing, commit_loses_erasures, rollback_does_nothing, rollback_forgets_erasures,
  savepoint_does_nothing, keep_forgets_what_to_undo, undo_takes_all, undo_does_nothing,
  undo_ends_the_savepoint_below,
  migrate_appends, migrate_does_nothing, put_all_drops_the_last, reopening_keeps_the_unfinished,
  plan_forgets_a_term, plan_calls_a_superset_exact, plan_calls_exact_what_nulls_pass,
  execute_looks_at_one_of_many, execute_prunes_what_passes, execute_forgets_later_keys,
  execute_ignores_the_direction, execute_puts_nulls_last, execute_ignores_the_limit,
  execute_gives_too_few, execute_includes_after, execute_blanks_what_is_wanted,
  execute_misses_what_is_open,
  last = execute_misses_what_is_open
};
std::string name(fault f);
/// The function that the kit must name.
std::string function_of(fault f);

class faulty_host final : public store::host {
 public:
  using row = std::vector<value>;
  using table = std::map<std::int64_t, row>;
  struct shelf {
    std::map<std::string, table> tables;
    struct written {
      std::string table;
      std::int64_t key;
      std::optional<row> before;
    };
    std::vector<written> undo;
  };

  faulty_host(shelf& kept, fault how);

  std::string_view name() const noexcept override { return "faulty"; }
  offer offers() const noexcept override { return {true, true, true, true}; }
  result<void> get(const schema::entity& of, id key, const store::row_taker& take) override;
  result<void> put(const schema::entity& of, std::span<const value> row,
                   std::int64_t expected_revision) override;
  result<void> erase(const schema::entity& of, id key) override;
  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const store::row_taker& take) override;
  result<void> put_all(std::span<const schema::record> fresh) override;
  result<void> migrate(const schema::entity& of, const schema::step& what) override;
  result<void> plan(const schema::entity& of, const store::request& asked,
                    store::plan_answer& said) override;
  result<void> execute(const schema::entity& of, const store::request& asked,
                       const store::row_taker& take) override;
  result<void> begin() override;
  result<void> commit() override;
  result<void> rollback() override;
  result<void> savepoint(int level) override;
  result<void> keep(int level) override;
  result<void> undo(int level) override;

 private:
  bool is(fault f) const noexcept { return how_ == f; }
  std::string table_of(const schema::entity& of) const;
  void write(const std::string& table, std::int64_t key, std::optional<row> now);
  void back_to(std::size_t position, bool with_erasures = true);
  value spoilt(const schema::field& f, const value& v) const;
  bool holds(const store::term& t, const row& of) const;
  bool before(const store::request& asked, const row& a, const row& b) const;
  bool hides(const std::string& table, std::int64_t key) const;

  shelf& kept_;
  fault how_;
  std::map<int, std::size_t> marks_;
  std::map<std::string, row> remembered_;
  std::map<std::string, bool> erased_;
};

}  // namespace guanxi::test
