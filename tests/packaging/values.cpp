// What a program does with the headers alone: exact numbers, a condition read; nothing is linked.
#include <guanxi/base/decimal.hpp>
#include <guanxi/expr/parse.hpp>
#include <guanxi/expr/print.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  const decimal price = decimal::parse("1096.50").value();
  const expr::tree condition = expr::parse("amount>1000 and stage.is_won").value();
  std::cout << price.to_string() << ": " << expr::print(condition) << "\n";
  return expr::print(condition) == "amount > 1000 and stage.is_won" ? 0 : 1;
}
