// What effects that check rules of permission have in common.
//
//   if (const schema::entity* on = about(change, out, territory::entity_name))
//     check_condition(change, out, *on, territory::criteria);
#pragma once

#include "guanxi/policy/criteria.hpp"
#include "guanxi/work/effect.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace guanxi::crm {

using work::change;
using work::output;
using work::reads;

inline void refuse(output& out, const change& c, std::string_view field, std::string why) {
  out.refuse(error(errc::validation, std::move(why))
                 .in_entity(c.after->of().name())
                 .in_field(field));
}

template <class... Handles>
int given(const change& c, const Handles&... handles) {
  return (0 + ... + ((*c.after)[handles] ? 1 : 0));
}

/// The entity that a rule or share is about.
inline const schema::entity* about(const change& c, output& out,
                            const schema::handle<std::string_view>& field) {
  const auto name = (*c.after)[field];
  if (!name) return nullptr;  // required, which validation tells
  const schema::entity* of = c.after->catalog()->find(*name);
  if (of && !of->name().starts_with("gx_")) return of;
  refuse(out, c, field.name(), "no entity " + in_backticks(*name) + "; rules are of one entity");
  return nullptr;
}

inline void check_tree(const change& c, output& out, const schema::handle<bool>& flag,
                const schema::handle<id>& role) {
  if ((*c.after)[flag] == true && !(*c.after)[role])
    refuse(out, c, flag.name(), "`" + std::string(flag.name()) + "` needs a `" +
                                    std::string(role.name()) + "` to begin with");
}

inline void check_condition(const change& c, output& out, const schema::entity& on,
                     const schema::handle<std::string_view>& field) {
  const auto text = (*c.after)[field];
  if (!text) return;
  if (auto good = policy::criteria(*text, on); !good)
    out.refuse(error(errc::validation, "`" + std::string(field.name()) + "`: " +
                                           std::string(good.error().message()))
                   .in_entity(c.after->of().name())
                   .in_field(field.name()));
}

}  // namespace guanxi::crm
