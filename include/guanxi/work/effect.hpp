// Effects: what follows from a change, as rows with declared reads and writes.
//
//   effect e{.name = "stage.defaults", .entity = "opportunity", .on = created | updated,
//            .fields = {"stage"}, .as = write_class::initial,
//            .paths = {"stage.probability"}, .writes = {"probability"},
//            .run = [](const change& c, const reads& in, output& out) { … }};
//
// An effect gets the change and what it asked to read, and returns further changes; it calls
// nothing. The class of a write decides who wins on one field: initial < caller < rule < derived.
// Two effects of one class that may write one field are refused at installation unless one names
// the other in `after`. Thread rule: immutable once installed; run must not keep state.
#pragma once

#include "guanxi/base/calendar.hpp"
#include "guanxi/query/batch.hpp"
#include "guanxi/schema/record.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace guanxi::work {

enum class write_class : std::uint8_t { none, initial, caller, rule, derived };

/// Archiving is an update of `archived`.
enum trigger : std::uint8_t { created = 1, updated = 2, removed = 4, restored = 8 };

/// One record's change, as an effect sees it: on system sight, before and after.
struct change {
  trigger what = updated;
  const schema::record* before = nullptr;  ///< nullptr for a created record
  const schema::record* after = nullptr;
  std::span<const std::uint16_t> touched;  ///< slots that the last round changed
  instant now;
  const time_zones* zones = nullptr;       ///< the environment's
  bool touches(std::uint16_t slot) const noexcept;
};

/// What an effect asked to read, in the order in which it asked.
struct reads {
  std::span<const value> paths;
  std::span<const query::rows> queries;
  std::span<const query::rows> met;  ///< of each of its conditions, the rows whose condition holds
};

/// What an effect wants changed.
class output {
 public:
  explicit output(const schema::catalog& c) : catalog_(&c) {}
  struct item {
    id key;                 ///< 0: a record to create
    schema::draft content;
  };
  /// Sets a field of the changed record itself.
  void set(schema::assignment a) { own_.push_back(std::move(a)); }
  /// Creates a record of a declared entity.
  schema::draft& create(const schema::entity_row& of);
  schema::draft& change(const schema::entity_row& of, id key);
  /// Refuses the whole write.
  void refuse(error why) { refusals_.push_back(std::move(why)); }

  std::span<const schema::assignment> own() const noexcept { return own_; }
  const std::vector<std::unique_ptr<item>>& others() const noexcept { return others_; }
  std::span<const error> refusals() const noexcept { return refusals_; }

 private:
  const schema::catalog* catalog_;
  std::vector<schema::assignment> own_;
  std::vector<std::unique_ptr<item>> others_;
  std::vector<error> refusals_;
};

struct effect {
  std::string name = {};
  std::string entity = {};
  std::uint8_t on = created | updated;
  std::vector<std::string> fields = {};   ///< updated: only if one of these changed; empty: any
  /// Whether there is anything to do, asked before anything is read for it; empty: always.
  std::function<bool(const change&)> when = {};
  write_class as = write_class::rule;
  std::vector<std::string> paths = {};    ///< read through references of the changed record
  /// Read on system sight; :id and :<field> are the record's, and :before.<field> what they were
  /// (of a new record: null), though not in a list of `in`.
  std::vector<std::string> queries = {};
  /// The same, whose first column is a condition on the changed record, as text (null or empty: it
  /// holds): rules that users write as data. It is looked at with the record's references, as it
  /// stands in this round. One that cannot be used any more does not hold, and the log is told.
  std::vector<std::string> conditions = {};
  std::vector<std::string> writes = {};   ///< own fields, or "entity.field" / "entity.*" of others
  std::vector<std::string> after = {};    ///< names of effects that run before this one
  std::function<void(const change&, const reads&, output&)> run = {};
};

/// Whether a text may be a condition on records of an entity. Errors: those of parsing and binding,
/// errc::type_mismatch for what is neither true nor false.
result<void> check_condition(std::string_view text, const schema::entity& of);

/// What a write of one entity takes, every name resolved (src/work/recipe.hpp).
struct recipe;

/// Effects in the order in which they run, made ready for one catalog.
class effect_set {
 public:
  /// Errors: errc::invalid_argument naming the two effects that may write one field, an unknown
  /// entity or field, a circle in `after`, a derived field written by another class, a query that
  /// cannot be bound.
  static result<effect_set> install(std::vector<effect> effects, schema::catalog_ptr catalog);
  /// The catalog that it was made ready for; null for a set that is not installed.
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }
  const std::vector<effect>& effects() const noexcept { return effects_; }
  /// Of an entity of that catalog.
  const recipe& of(const schema::entity& e) const noexcept { return *recipes_[e.number()]; }

 private:
  schema::catalog_ptr catalog_;
  std::vector<effect> effects_;
  std::vector<std::shared_ptr<const recipe>> recipes_;  ///< by entity number
};

}  // namespace guanxi::work
