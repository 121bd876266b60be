// Actions: what can be done beside the four writes (convert a lead, show a timeline), as rows with
// typed parameters, an answer and a right. Modules provide them; the standard CRM is one.
//
//   action claim{.name = "ticket.claim", .entity = "ticket", .needs = policy::action::read,
//                .parameters = {{.name = "ticket", .type = kind::reference,
//                                .flags = schema::required, .target = "ticket"}},
//                .results = {{.name = "ticket", .type = kind::reference, .target = "ticket"}},
//                .run = [](const arguments& given, sight& in, outcome& out) -> result<void> { … }};
//
// An action reads through its sight and says in its outcome what is to be written; it writes
// nothing itself. So what it would do can be shown beforehand, and all of it happens or nothing.
// It runs inside the write transaction: what it has read still holds when its steps are taken.
// Thread rule: immutable once installed; run may be called concurrently and must not keep state.
#pragma once

#include "guanxi/base/calendar.hpp"
#include "guanxi/expr/parameter.hpp"
#include "guanxi/policy/principal.hpp"
#include "guanxi/query/batch.hpp"
#include "guanxi/schema/record.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::work {

/// What an action was given, fitted to its parameters: one that was left out is its default, or
/// null.
class arguments {
 public:
  arguments(std::span<const schema::field> parameters, std::vector<value> values)
      : parameters_(parameters), values_(std::move(values)) {}
  /// By the name of a parameter that the action declares; another throws failure (errc::misuse).
  const value& operator[](std::string_view name) const;
  bool has(std::string_view name) const { return !(*this)[name].is_null(); }
  /// A reference; 0 for null.
  id reference(std::string_view name) const;
  /// A boolean; false for null.
  bool holds(std::string_view name) const;

 private:
  std::span<const schema::field> parameters_;
  std::vector<value> values_;
};

/// What an action sees while it decides. What it finds out on system sight it may act upon, and
/// must not tell.
class sight {
 public:
  virtual ~sight() = default;
  virtual const schema::catalog_ptr& catalog() const = 0;
  virtual instant now() const = 0;
  virtual const calendar& days() const = 0;
  virtual const policy::principal& who() const = 0;

  /// Runs a query as the acting user, or on system sight.
  virtual result<query::rows> query(std::string_view text,
                                    const std::vector<expr::parameter_value>& with = {}) = 0;
  virtual result<query::rows> query_all(std::string_view text,
                                        const std::vector<expr::parameter_value>& with = {}) = 0;
  /// A live record as the acting user sees it. Errors: errc::not_found, errc::unknown_name.
  virtual result<schema::record> get(std::string_view entity, id key) = 0;
  /// A live record on system sight; an empty one if there is none.
  virtual result<schema::record> get_all(std::string_view entity, id key) = 0;
  /// errc::permission, with why, unless the acting user may do this to a live record that is within
  /// reach. What is out of reach is errc::not_found.
  virtual result<void> need(policy::action what, std::string_view entity, id key) = 0;
  /// Whether the acting user may read, create, edit or delete records of an entity at all.
  virtual bool may(policy::action what, std::string_view entity) const = 0;
  /// Whether a field exists for the acting user, and whether he may set it.
  virtual bool sees(const schema::field& f) const = 0;
  virtual bool edits(const schema::field& f) const = 0;
};

/// What an action wants written, and what it answers.
class outcome {
 public:
  enum class verb : std::uint8_t { create, edit, remove };
  /// As whom a step is taken: the acting user, whose rights are checked, or the action, which has
  /// checked what it needs. Either way the user is noted as who did it, and the action as why.
  enum class authority : std::uint8_t { user, action };
  struct step {
    verb what = verb::create;
    id key;                          ///< 0: a record to create
    schema::draft content;
    authority by = authority::user;
    std::int64_t expected_revision = 0;  ///< 0: any
    /// References that become the ids of what earlier steps create.
    std::vector<std::pair<std::uint16_t, const step*>> ties = {};
    /// Sets a reference to what another step creates, or to a record that exists.
    step& tie(const schema::handle<id>& by, const step& to) {
      ties.emplace_back(by.slot(), &to);
      return *this;
    }
  };
  /// One value of an answer, or the id of what a step creates.
  struct cell {
    cell(value v) : content(std::move(v)) {}
    cell(const step& s) : made(&s) {}
    value content = {};
    const step* made = nullptr;
  };

  explicit outcome(schema::catalog_ptr catalog) : catalog_(std::move(catalog)) {}
  /// Steps are taken in the order in which they were asked for, and stay where they are in memory.
  step& create(std::string_view entity, authority by = authority::user);
  step& change(std::string_view entity, id key, authority by = authority::user);
  step& remove(std::string_view entity, id key, authority by = authority::user);
  /// Another action to run when the steps are taken, in the same transaction; its answer is
  /// nobody's. An argument may be what a step creates. By the action's authority it has all rights.
  struct next {
    std::string action;
    std::vector<std::pair<std::string, cell>> arguments;
    authority by = authority::user;
  };
  void follow(std::string action, std::vector<std::pair<std::string, cell>> arguments,
              authority by = authority::user) {
    next_.push_back({std::move(action), std::move(arguments), by});
  }
  /// One row of the answer: a value for each of the action's results, in their order.
  void answer(std::vector<cell> row) { rows_.push_back(std::move(row)); }

  const std::deque<step>& steps() const noexcept { return steps_; }
  const std::vector<std::vector<cell>>& answers() const noexcept { return rows_; }
  const std::vector<next>& followed_by() const noexcept { return next_; }

 private:
  step& add(verb what, std::string_view entity, id key, authority by);
  schema::catalog_ptr catalog_;
  std::deque<step> steps_;
  std::vector<std::vector<cell>> rows_;
  std::vector<next> next_;
};

struct action {
  std::string name = {};       ///< "entity.verb"
  std::string label_en = {}, label_zh = {};
  std::string entity = {};     ///< what it is about; who may not read it does not know the action
  /// The right on that entity without which it is refused before it runs.
  policy::action needs = policy::action::read;
  bool writes = true;          ///< else it runs beside writers, and a step is errc::misuse
  std::vector<schema::field_definition> parameters = {};  ///< with defaults and choices as fields
  std::vector<schema::field_definition> results = {};     ///< the columns of its answer
  std::function<result<void>(const arguments& given, sight& in, outcome& out)> run = {};
};

/// An action made ready for one catalog.
struct installed_action {
  action row;
  schema::catalog_ptr catalog;
  const schema::entity* of = nullptr;
  std::vector<schema::field> parameters;  ///< whose slots are their places
  std::vector<value> defaults;
  std::vector<query::column_info> columns;  ///< of its answer
  std::vector<schema::field> results;

  /// Errors: errc::unknown_name for a parameter that it does not have, with the nearest it has,
  /// errc::invalid_argument for one that is missing or given twice, those of schema::fitted().
  result<arguments> fitted(const std::vector<expr::parameter_value>& given) const;
  /// The answer, once `made` knows the id of what a step has created; 0 is null. Errors: those of
  /// schema::fitted(), and errc::misuse for a row of another length.
  result<query::rows> answer(const outcome& of,
                             const std::function<id(const outcome::step&)>& made) const;
};

class action_set {
 public:
  /// Errors: errc::invalid_argument naming the action and what is wrong: a name twice, an unknown
  /// entity, a bad parameter.
  static result<action_set> install(std::vector<action> actions, schema::catalog_ptr catalog);
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }
  /// In the order of their names.
  const std::vector<installed_action>& all() const noexcept { return all_; }
  const installed_action* find(std::string_view name) const noexcept;

 private:
  schema::catalog_ptr catalog_;
  std::vector<installed_action> all_;  ///< by name
};

}  // namespace guanxi::work
