// What is kept of a query: its tree, and what that was bound to.
#pragma once

#include "guanxi/query/family.hpp"
#include "guanxi/query/plan.hpp"
#include "guanxi/session/prepared.hpp"

#include <array>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace guanxi {

/// Whether a statement goes by exchange rates.
bool converts_amounts(const query::statement& s);

struct prepared::state {
  explicit state(query::statement s);

  const query::statement content;
  bool converts() const noexcept { return converts_; }
  /// The plan for these rights and parameters, found or made within `pace`; `keep` it if others may
  /// ask by the same calendar.
  result<query::trimmed_plan> plan(const policy::grants& as,
                                   const std::vector<expr::parameter_value>& parameters,
                                   const expr::moment& when, bool keep, expr::pace& pace);
  std::vector<std::string> names() const;
  /// Of a query that selects children: how it falls apart; null: it selects none. Errors: those of
  /// query::family_of.
  result<const query::family*> kin() const;
  /// What is kept of its parents' statement.
  state& parents() const noexcept { return *parents_; }

 private:
  /// What a plan hangs on, but for the values that are put into it at last.
  struct conditions {
    schema::catalog_ptr catalog;
    policy::rulebook_ptr rules;
    calendar_ptr calendar;
    rates_ptr rates;
    bool system = false;
    std::vector<id> permission_sets;
    id user;  ///< where the query asks whose records they are
    std::vector<expr::parameter_value> parameters;
    bool same_as(const conditions& other) const;
  };
  struct variant {
    conditions of;
    query::plan_ptr plan;  ///< null: it takes the values themselves
  };

  conditions conditions_for(const policy::grants& as,
                            const std::vector<expr::parameter_value>& parameters,
                            const expr::moment& when) const;
  std::optional<query::plan_ptr> find(const conditions& of) const;
  void keep(variant v);

  std::optional<result<query::family>> family_;
  std::unique_ptr<state> parents_;
  bool lasting_ = true;             ///< no plan of it hangs on the time
  bool converts_ = false;
  bool personal_ = false;           ///< it asks whose records they are
  std::vector<std::string> fixed_;  ///< parameters whose values a plan is made of
  mutable std::mutex mutex_;        ///< guards what follows
  std::vector<variant> variants_;
  std::size_t next_ = 0;            ///< where a variant is replaced
};

/// Queries by their text, the last ones used. Thread rule: many threads.
class query_texts {
 public:
  result<std::shared_ptr<prepared::state>> find(std::string_view text);

 private:
  using entry = std::pair<std::string, std::shared_ptr<prepared::state>>;
  std::mutex mutex_;
  std::list<entry> used_;  ///< the last one first
  std::map<std::string_view, std::list<entry>::iterator> places_;
};

}  // namespace guanxi
