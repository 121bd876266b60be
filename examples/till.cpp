// A till that looks up prices in memory, and saves the day when it closes.
#include <guanxi/guanxi.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;

namespace {

open_options in_memory() {
  open_options how;
  how.store = store_kind::memory;
  return how;
}

rows price_of(const session& s, std::string_view barcode) {
  return s.query("select x_name, x_price from x_article where x_barcode = :code",
                 {{"code", value(barcode)}})
      .value();
}

}  // namespace

int main() {
  std::remove("till.gxm");
  {
    tenant shop = open("till.gxm", in_memory()).value();  // begins empty: there is no such file
    session s = shop.as_user("admin").value();
    s.define({.name = "x_article",
              .fields = {{.name = "x_barcode", .flags = schema::unique | schema::required},
                         {.name = "x_name", .flags = schema::title},
                         {.name = "x_price", .type = schema::kind::money}}})
        .value();
    schema::draft tea = s.draft("x_article").value();
    tea.set("x_barcode", "6901234567892").set("x_name", "龙井茶");
    tea.set("x_price", money{decimal{1280, 2}, currency("CNY")});
    s.create(tea).value();
    std::cout << price_of(s, "6901234567892").at(0, 1).to_string() << "\n";  // 12.80
    shop.save().value();  // the end of the day: the file is whole, or the one of yesterday
  }
  // The next morning.
  tenant shop = open("till.gxm", in_memory()).value();
  const rows found = price_of(shop.as_user("admin").value(), "6901234567892");
  std::cout << found.at(0, 0).to_string() << "\n";  // 龙井茶
  return found.size() == 1 && found.at(0, 1) == decimal{1280, 2} ? 0 : 1;
}
