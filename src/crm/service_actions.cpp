// Policies of service: a new version is another policy with the same targets, which binds the
// tickets that come from now on; those that are there keep what they were promised.
#include "actions.hpp"
#include "guanxi/crm/standard.hpp"

#include <utility>

namespace guanxi::crm {

namespace {

using schema::kind;
using work::arguments;
using work::outcome;
using work::sight;

/// What a record says, less what the library sets.
void copy(const schema::record& from, schema::draft& to) {
  for (const schema::field& f : from.of().fields())
    if (!f.system && schema::settable(f) && !from.at(f.slot).is_null())
      to.set_slot(f.slot, from.at(f.slot));
}

result<void> new_version(const arguments& given, sight& in, outcome& out) {
  const id key = given.reference("policy");
  if (auto ok = in.need(policy::action::edit, "sla_policy", key); !ok) return ok;
  for (const char* made : {"sla_policy", "sla_target"})
    if (!in.may(policy::action::create, made))
      return unexpected(error(errc::permission, "you may not create `" + std::string(made) + "`")
                            .in_entity(made));
  result<schema::record> old = in.get_all("sla_policy", key);
  if (!old) return passed(old);
  if ((*old)[sla_policy::active] != true)
    return unexpected(error(errc::validation, "this version is out of use already; make one of the "
                                              "version that is active")
                          .in_entity("sla_policy")
                          .of_record(key.value));
  // All of it, so that the new version promises no less than the old one.
  const auto by = outcome::authority::action;
  outcome::step& fresh = out.create("sla_policy", by);
  copy(*old, fresh.content);
  fresh.content.set(sla_policy::version = (*old)[sla_policy::version].value_or(1) + 1);
  fresh.content.set(sla_policy::active = true);
  result<query::rows> targets = in.query_all(
      "select id from sla_target where policy = :p order by id", {{.name = "p", .content = key}});
  if (!targets) return passed(targets);
  for (std::size_t i = 0; i < targets->size(); ++i) {
    result<schema::record> target = in.get_all("sla_target", targets->at(i, 0).as_id());
    if (!target) return passed(target);
    outcome::step& same = out.create("sla_target", by);
    copy(*target, same.content);
    same.tie(sla_target::policy, fresh);
  }
  out.change("sla_policy", key, by).content.set(sla_policy::active = false);
  out.answer({fresh});
  return {};
}

}  // namespace

std::vector<work::action> service_actions() {
  return {{.name = "sla_policy.new_version",
           .label_en = "New version",
           .label_zh = "新版本",
           .entity = "sla_policy",
           .needs = policy::action::edit,
           .parameters = {{.name = "policy", .type = kind::reference, .flags = schema::required,
                           .target = "sla_policy"}},
           .results = {{.name = "policy", .type = kind::reference, .target = "sla_policy"}},
           .run = new_version}};
}

}  // namespace guanxi::crm
