// What a C++ host does in ten lines; it ends well only if the answer is right.
#include <guanxi/guanxi.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  tenant shop = open("host.gx").value();
  session s = shop.as_user("admin").value();
  s.create(crm::account::entity, {crm::account::name = "Acme"}).value();
  rows r = s.query("select name from account").value();
  std::cout << r.at(0, 0).to_string() << "\n";
  return r.at(0, 0).to_string() == "Acme" ? 0 : 1;
}
