// What a write of one entity takes, with every name resolved to slots: defaults, checks, effects.
//
//   const recipe& by = effects->of(entity);   for (const initial& d : by.defaults) …
//
// Made once for a catalog, since names, expressions and queries are the same for every record.
// Thread rule: immutable once made.
#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/query/run.hpp"
#include "guanxi/work/effect.hpp"

#include <string>
#include <vector>

namespace guanxi::work {

/// An effect's name for a field that it may write; no field: any.
struct declared_write {
  const schema::entity* of = nullptr;
  const schema::field* field = nullptr;
};

struct installed_effect {
  effect rule;
  std::vector<std::uint16_t> fields;            ///< slots of rule.fields
  std::vector<expr::bound_path> paths;          ///< rule.paths
  /// Parameter n is the changed record's slot n; behind them are those of the image before.
  std::vector<query::trimmed_plan> queries;
  std::vector<declared_write> writes;

  bool may_write(const schema::field& f) const noexcept;
  /// Whether it runs for a change of this kind that touched these slots.
  bool runs_for(std::uint8_t what, std::span<const std::uint16_t> touched) const noexcept;
};

/// A default: an expression over the record's own fields.
struct initial {
  const schema::field* of = nullptr;
  std::vector<std::uint16_t> inputs;            ///< the slots of its paths
  result<expr::expression> content;             ///< or why it cannot be used
};

struct recipe {
  std::vector<initial> defaults;
  std::vector<const schema::field*> checked;    ///< required, unique or references
  std::vector<std::uint16_t> amounts;           ///< money
  std::vector<installed_effect> effects;
  std::vector<std::uint16_t> numbered;          ///< slots by their fields' lasting numbers
  std::vector<const schema::field*> referrers;  ///< references of others that lead here
  std::uint16_t role = schema::no_slot;         ///< of entity `user`: its role …
  std::uint16_t active = schema::no_slot;       ///< … and whether it is active
};

/// The recipe of an entity of this catalog; `effects` are those of the entity in their order.
std::shared_ptr<const recipe> recipe_for(const schema::catalog& in, const schema::entity& of,
                                         std::vector<installed_effect> effects);
/// Resolves an effect whose names are known to exist.
result<installed_effect> resolved(const effect& e, const schema::catalog_ptr& catalog);

}  // namespace guanxi::work
