// The fixture of the permission rules: one company, and words for what is done to its rules.
//
//   TEST_P(permission_rule, r16_who_is_on_the_team_reaches_the_record) {
//     create(share("bridge").set("user", key("sun")));   EXPECT_EQ(names("sun"), "Bridge ");
//   }
#pragma once

#include "support/stores.hpp"

#include <string>
#include <string_view>

namespace guanxi::test {

class permission_rule : public on_every_store {
 protected:
  schema::draft draft_of(const char* entity) { return system().draft(entity).value(); }
  std::string accounts(std::string_view login) {
    return replaced(answer(as(login), "select name from account order by id"), "\n", " ");
  }
  std::string names(std::string_view login) {
    return replaced(answer(as(login), "select name from opportunity order by id"), "\n", " ");
  }
  id create(const schema::draft& d) {
    const auto made = system().create(d);
    EXPECT_TRUE(made) << message(made);
    return made ? made->key() : id{};
  }
  schema::draft rule(const char* entity = "opportunity") {
    return draft_of("sharing_rule").set("name", "Rule").set("entity", entity);
  }
  schema::draft share(const char* deal, const char* level = "read") {
    return draft_of("record_share")
        .set("entity", "opportunity")
        .set("record", key(deal).value)
        .set("level", level);
  }
  id restrict(const char* criteria) {
    return create(draft_of("restriction_rule")
                      .set("name", "Small only")
                      .set("entity", "opportunity")
                      .set("criteria", criteria));
  }
  id group(const char* name) { return create(draft_of("user_group").set("name", name)); }
  schema::draft member(id group) { return draft_of("group_member").set("user_group", group); }
  void by_default(const char* level, bool hierarchy = true) {
    session s = system();
    const guanxi::rows known =
        s.query("select id from sharing_default where entity = 'opportunity'").value();
    schema::draft d = draft_of("sharing_default");
    d.set("entity", "opportunity").set("level", level).set("hierarchy", hierarchy);
    if (known.empty()) s.create(d).value();
    else s.change(known.at(0, 0).as_id(), d).value();
  }
  /// The codes of the reasons that grant, or that deny.
  std::string why(const char* login, policy::action a, const char* deal) {
    const auto e = as("admin").explain_for(login, a, "opportunity", key(deal));
    if (!e) return message(e);
    std::string out = e->allowed ? "yes:" : "no:";
    for (const auto& r : e->reasons) out += " " + r.code;
    return out;
  }
  /// Rule 5, of an entity that has no default of its own yet.
  result<record> control(const char* entity, const char* parent) {
    return system().create(draft_of("sharing_default")
                               .set("entity", entity)
                               .set("level", "controlled_by_parent")
                               .set("parent", parent));
  }
  errc edits(const char* login, const char* deal) {
    return code(as(login).change(key(deal), draft_of("opportunity").set("next_step", "x")));
  }
};

}  // namespace guanxi::test
