// What stands behind the handles tenant and session.
#pragma once

#include "guanxi/session/session.hpp"
#include "guanxi/work/pipeline.hpp"

#include <functional>
#include <mutex>

namespace guanxi {

/// Runs a query text on system sight.
using rule_reader = std::function<result<rows>(std::string_view text)>;
/// Loads the permission rules from their records.
result<policy::rulebook_ptr> load_rules(const rule_reader& read);
/// Whether records of this entity are permission rules.
bool holds_rules(std::string_view entity) noexcept;
/// What a new store starts with: settings, permission sets, the user `admin`.
result<void> furnish(session& s, std::string_view base_currency);

struct tenant::state {
  std::unique_ptr<store::store> store;
  environment world;
  std::string base_currency;

  mutable std::mutex mutex;  ///< guards what follows
  policy::rulebook_ptr rules;
  std::shared_ptr<const work::effect_set> effects;
  schema::catalog_ptr effects_catalog;  ///< the catalog that `effects` was installed against
  std::int64_t seen_version = 0, seen_epoch = 0;

  /// Brings rules, definitions and effects to what is stored now, if another process changed them.
  result<void> refresh();
  result<void> load();
  void adopt(policy::rulebook_ptr next);
  policy::rulebook_ptr current_rules() const;
  result<std::shared_ptr<const work::effect_set>> current_effects();
};

struct session::state {
  std::shared_ptr<guanxi::tenant::state> of;
  policy::principal who;
  mutable std::optional<policy::grants> grants;
  std::unique_ptr<work::pipeline> open;  ///< the explicit transaction
  mutable std::atomic<bool> interrupted{false};

  /// The grants of the acting user under today's rules; errc::permission once deactivated.
  result<const policy::grants*> rights() const;
  /// Runs one write, in the open transaction or in one of its own.
  template <class F>
  auto write(F&& work)
      -> decltype(work(std::declval<work::pipeline&>(), std::declval<const policy::grants&>()));
  result<void> finish(work::pipeline& p);
  result<record> stored(std::string_view entity, id key) const;
  result<rows> run(const query::statement& q, const policy::grants& as,
                   const std::vector<expr::parameter_value>& parameters,
                   const query_options& options) const;
  /// errc::permission for those who do not administer permissions.
  result<void> administers(std::string_view what) const;
};

}  // namespace guanxi
