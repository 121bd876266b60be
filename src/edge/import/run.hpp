// One run of a bound import: rows become records, faults are gathered, references to later rows are
// set once their table is read.
#pragma once

#include "edge/import/plan.hpp"

namespace guanxi::edge {

/// Faults beside the first that one import reports.
inline constexpr std::size_t most_other_faults = 20;

class import_run {
 public:
  import_run(session& into, const mapping& m, import_plan& plan, const import_options& options);

  /// Writes all tables into the open transaction. The error is what stops the import; what it has
  /// written then is for the caller to undo.
  result<import_report> run();

 private:
  /// What a source gave for one row.
  struct reading {
    enum class kind : std::uint8_t {
      good, blank,
      pending,   ///< a reference to a row that is still to come
      rejected   ///< a reference to a row with a fault of its own
    };
    kind what = kind::blank;
    value content = {};
    std::string shown = {};  ///< the text in the row, for messages
    std::string key = {};    ///< pending: what to look for
  };
  struct row {
    const std::vector<std::string_view>* cells = nullptr;
    std::int64_t line = 0;
    std::vector<id> made = {};  ///< by rule; key_index::none where it was skipped
  };
  struct built {
    std::vector<reading> readings;
    std::vector<value> slots;       ///< for expressions
    bool faulty = false;            ///< a fault was reported
    bool rejected = false;          ///< not to be written
  };
  struct pending {
    const bound_rule* rule;
    const bound_source* from;
    id key;
    std::string wanted, shown;
    value found_by;
    std::int64_t line;
  };

  result<void> take_table(bound_table& t, import_report::file& out);
  result<void> take_rule(bound_rule& r, row& at, import_count& count);
  result<built> read_fields(const bound_rule& r, const row& at);
  result<id> store(bound_rule& r, const row& at, const built& from, const std::string& key,
                   import_count& count);
  result<void> set_pending();

  result<reading> read(const bound_source& s, const row& at, std::span<const value> slots);
  result<reading> read_origin(const bound_source& s, const row& at, std::span<const value> slots);
  result<std::string> text_of(const bound_source& s, const row& at) const;
  result<value> converted(std::string text, const bound_source& s, const schema::field& as) const;
  result<reading> looked_up(const bound_source& s, const row& at, std::string text,
                            std::span<const value> slots);
  result<reading> computed_for(const schema::field& as, const bound_formula& f,
                               std::span<const value> slots);
  result<value> computed(const bound_formula& f, std::span<const value> slots);
  result<const schema::record*> fetch(const schema::entity& of, id key);

  /// Fills a draft with what differs from `before` (nothing: a new record); false if nothing does.
  bool fill(schema::draft& d, const bound_rule& r, const built& from,
            const schema::record* before) const;
  std::optional<std::string> key_of(const bound_rule& r, const built& from) const;
  error unknown_parent(const bound_source& s, const value& wanted) const;
  /// Gathers a fault of the caller's input; an error of store or run is given back.
  result<void> fault(error why, const bound_rule& r, const row& at, const bound_source* s,
                     const std::string& shown);
  result<void> write_faults(error why, const bound_rule& r, const row& at, const built& from);
  bool full() const noexcept { return faults_.size() > most_other_faults; }

  session& session_;
  const mapping& mapping_;
  import_plan& plan_;
  const import_options& options_;
  const bound_table* table_ = nullptr;
  std::uint64_t done_ = 0, total_ = 0;
  std::vector<error> faults_;
  std::vector<pending> pending_;
  std::unordered_map<const schema::entity*, std::unordered_map<id, schema::record>> fetched_;
};

}  // namespace guanxi::edge
