// Who sees and does what: a rule shares what Sales owns with Service, and a share one record.
#include <guanxi/crm/sharing.hpp>
#include <guanxi/guanxi.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  const tenant crm = open(":memory:", {.store = store_kind::memory}).value();
  session admin = crm.as_user("admin").value();
  const id standard = admin.query("select id from permission_set where name = 'Standard user'")
                          .value()
                          .at(0, 0)
                          .as_id();
  const auto hire = [&](const char* login, id role) {
    const id user =
        admin.create(crm::user::entity, {crm::user::login = login, crm::user::name = login,
                                         crm::user::role = role})
            .value()
            .key();
    admin.create(crm::permission_assignment::entity,
                 {crm::permission_assignment::user = user,
                  crm::permission_assignment::permission_set = standard})
        .value();
    return user;
  };
  const id sales = admin.create(crm::role::entity, {crm::role::name = "Sales"}).value().key();
  const id service = admin.create(crm::role::entity, {crm::role::name = "Service"}).value().key();
  hire("li", sales);
  const id wang = hire("wang", service);
  session li = crm.as_user("li").value(), her = crm.as_user("wang").value();
  const record acme =
      li.create(crm::account::entity, {crm::account::name = "Acme"}).value();

  namespace rule = crm::sharing_rule;
  const record reads =
      admin
          .create(rule::entity, {rule::name = "Service reads accounts of Sales",
                                 rule::entity_name = "account", rule::owned_by_role = sales,
                                 rule::with_role = service, rule::level = "read"})
          .value();
  std::cout << her.get("account", acme.key()).has_value() << "\n";  // 1
  admin.remove("sharing_rule", reads.key()).value();
  std::cout << her.get("account", acme.key()).has_value() << "\n";  // 0

  namespace share = crm::record_share;
  admin
      .create(share::entity, {share::entity_name = "account", share::record = acme.key().value,
                              share::user = wang, share::level = "edit"})
      .value();
  for (const auto& reason : her.explain(action::edit, "account", acme.key()).value().reasons)
    std::cout << reason.code << ": " << reason.text_en << "\n";  // share: the record is shared
}
