// Queries built with the handles of fields: what does not compare does not compile.
#include <guanxi/guanxi.hpp>
#include <guanxi/query/builder.hpp>
#include <guanxi/query/statement_json.hpp>

#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::query::builder;

namespace {

void fill(session& s) {
  const id sales = s.create(pipeline::entity, {pipeline::name = "Sales"}).value().key();
  const id talks =
      s.create(stage::entity, {stage::name = "Talks", stage::pipeline = sales}).value().key();
  const id done = s.create(stage::entity, {stage::name = "Won", stage::pipeline = sales,
                                           stage::class_ = "won"}).value().key();
  const id acme = s.create(account::entity, {account::name = "Acme"}).value().key();
  for (std::int64_t i = 1; i <= 6; ++i)
    s.create(opportunity::entity,
             {opportunity::name = "Tills", opportunity::account = acme,
              opportunity::stage = i % 2 ? talks : done,
              opportunity::amount = money{decimal{i * 500, 0}, currency("USD")}})
        .value();
}

/// The customers with most money won, of a currency.
selection best(std::string_view in) {
  const auto won = path(opportunity::stage, stage::is_won);
  return select(path(opportunity::account, account::name).as("customer"),
                sum(opportunity::amount).filter(won).as("won"), count().as("deals"))
      .from(opportunity::entity)
      .where(opportunity::currency == in && opportunity::amount >= 1000)
      .group_by(field("customer"))
      .having(count().filter(won) > 0)
      .order_by(desc(field("won")).nulls_last())
      .limit(10);
}

}  // namespace

int main() {
  const tenant crm = open(":memory:").value();
  session s = crm.as_user("admin").value();
  fill(s);
  const selection q = best("USD");
  std::cout << q.text() << '\n';
  const rows found = s.query(q).value();
  std::cout << found.at(0, 0).as_text() << ": " << found.at(0, 1).to_string() << '\n';

  // Conditions grow as a program goes; values are never spliced.
  expression<bool> wanted = like(opportunity::name, "T%");
  wanted = wanted && in(opportunity::close_date, range("next_n_days", 30));
  wanted = wanted || opportunity::amount >= money{decimal{2000, 0}, currency("USD")};
  const rows soon =
      s.query(select(opportunity::name).from(opportunity::entity).where(wanted)).value();

  // The same query as JSON, for who keeps it or edits it elsewhere.
  const std::string kept = query::to_json(q);
  const query::statement back = query::statement_from_json(kept).value();
  return found.size() == 1 && soon.size() == 3 && query::print(back) == q.text() ? 0 : 1;
}
