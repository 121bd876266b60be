#include "company.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::edge::sample {

namespace {

using namespace guanxi::crm;

/// What a permission set gives on one entity, as letters: c create, r read, e edit, d delete,
/// v view all, m modify all.
struct right_words { text entity, letters; };

constexpr right_words sales_rights[] = {
    {"account", "cre"},    {"contact", "cre"},  {"lead", "cred"},   {"opportunity", "cre"},
    {"activity", "cred"},  {"ticket", "cr"},    {"product", "r"},   {"pipeline", "r"},
    {"stage", "r"},        {"stage_visit", "r"}, {"user", "r"},     {"role", "r"},
    {"exchange_rate", "r"}};
constexpr right_words sales_lead_rights[] = {
    {"account", "cred"}, {"contact", "cred"}, {"opportunity", "cred"}, {"ticket", "cre"}};
constexpr right_words service_rights[] = {
    {"ticket", "crev"}, {"account", "r"}, {"contact", "cre"}, {"product", "r"},
    {"activity", "cred"}, {"user", "r"}, {"role", "r"}};
constexpr right_words product_rights[] = {
    {"product", "crem"}, {"pipeline", "crem"}, {"stage", "crem"}, {"user", "r"}, {"role", "r"}};

struct default_words { text entity, level; };
constexpr default_words defaults[] = {
    {"account", "read"},  {"contact", "read"},  {"product", "read"},   {"pipeline", "read"},
    {"stage", "read"},    {"user", "read"},     {"role", "read"},      {"opportunity", "private"},
    {"lead", "private"},  {"ticket", "private"}, {"activity", "private"},
    {"stage_visit", "private"}, {"exchange_rate", "read"}};

id add_permission_set(writer& into, text name, std::span<const right_words> rights) {
  const id set = into.add(permission_set::entity, {permission_set::name = name});
  for (const right_words& r : rights) {
    const auto has = [&](char letter) { return r.letters.find(letter) != text::npos; };
    into.add(entity_right::entity,
             {entity_right::permission_set = set, entity_right::entity_name = r.entity,
              entity_right::may_create = has('c'), entity_right::may_read = has('r'),
              entity_right::may_edit = has('e'), entity_right::may_delete = has('d'),
              entity_right::view_all = has('v'), entity_right::modify_all = has('m'),
              entity_right::listed_fields_only = false});
  }
  return set;
}

/// Sets what everybody reaches; a store may have a default for an entity already.
void share(writer& into, const default_words& d) {
  if (into.failed()) return;
  result<rows> there = into.into().query("select id from sharing_default where entity = :entity",
                                         {{"entity", d.entity}});
  if (!there) return into.fail(std::move(there.error()));
  if (there->empty()) {
    into.add(sharing_default::entity, {sharing_default::entity_name = d.entity,
                                       sharing_default::level = d.level});
    return;
  }
  into.change(sharing_default::entity, there->at(0, 0).as_id(),
              {sharing_default::level = d.level, sharing_default::hierarchy = true});
}

/// Hires users with unique logins.
class hiring {
 public:
  hiring(writer& into, random& by) : into_(into), names_(by) {}

  id hire(bool chinese, id role, id manager, text region, std::initializer_list<id> sets) {
    person p = names_.next(chinese);
    const std::int64_t namesakes = taken_[p.login]++;
    if (namesakes > 0) {
      // A number would make two 王伟 one name in a report; a company tells them apart by it too.
      p.login += std::to_string(namesakes + 1);
      p.name += " " + std::to_string(namesakes + 1);
    }
    schema::draft d = into_.draft(user::entity);
    d.set(user::login = p.login).set(user::name = p.name).set(user::role = role);
    d.set(user::email = p.login + "@guanxi-sample.example");
    if (manager) d.set(user::manager = manager);
    if (!region.empty()) d.set(user::region = region);
    const id key = into_.add(d);
    for (id set : sets)
      into_.add(permission_assignment::entity,
                {permission_assignment::user = key, permission_assignment::permission_set = set});
    return key;
  }

 private:
  writer& into_;
  people names_;
  std::unordered_map<std::string, std::int64_t> taken_;
};

id add_role(writer& into, const std::string& name, id parent) {
  schema::draft d = into.draft(role::entity);
  d.set(role::name = name);
  if (parent) d.set(role::parent = parent);
  return into.add(d);
}

/// Agents that one manager leads.
constexpr std::int64_t team_size = 8;

struct permission_sets { id sales, leads, service, products; };

/// A region's director, managers and agents. Every region gets its share of the agents.
void staff_region(writer& into, hiring& people, const permission_sets& sets, id top_role, id top,
                  std::uint8_t region, std::int64_t agents, company_state& out) {
  const region_words& r = regions[region];
  const bool chinese = r.country->chinese;
  const std::string name(r.name);
  const id director_role = add_role(into, name, top_role);
  const id director = people.hire(chinese, director_role, top, r.name, {sets.sales, sets.leads});
  const std::int64_t teams = (agents + team_size - 1) / team_size;
  for (std::int64_t team = 0; team < teams; ++team) {
    const std::string team_name = name + " · Team " + std::to_string(team + 1);
    const id lead_role = add_role(into, team_name + " manager", director_role);
    const id lead = people.hire(chinese, lead_role, director, r.name, {sets.sales, sets.leads});
    const id agent_role = add_role(into, team_name, lead_role);
    const std::int64_t members = agents * (team + 1) / teams - agents * team / teams;
    for (std::int64_t i = 0; i < members; ++i) {
      agent a;
      a.user = people.hire(chinese, agent_role, lead, r.name, {sets.sales});
      a.region = region;
      out.agents.push_back(std::move(a));
    }
  }
}

/// A region's part of an organisation whose size is given.
struct region_staff {
  id top_role, top;
  std::uint8_t region = 0;
  std::int64_t roles = 0, users = 0, levels = 0;
};

/// Grows a region's role tree of uneven branches: the first branch is as tall as may be, and the
/// others begin anywhere. Who has roles below leads them; all others are agents.
void staff_tree(writer& into, random& by, hiring& people, const permission_sets& sets,
                const region_staff& size, company_state& out) {
  struct place {
    id role, leader;
    std::size_t above = 0;  // in the tree
    std::int64_t level = 1;
    bool leads = false;
  };
  const region_words& r = regions[size.region];
  const bool chinese = r.country->chinese;
  std::vector<place> tree;
  std::vector<std::size_t> open;  // where a role may still hang
  for (std::int64_t i = 0; i < size.roles && !into.failed(); ++i) {
    place p;
    std::string name(r.name);
    id above = size.top_role;
    if (i > 0) {
      const bool tallest = i < size.levels;
      p.above = tallest ? tree.size() - 1 : open[static_cast<std::size_t>(
                                                by.below(static_cast<std::int64_t>(open.size())))];
      tree[p.above].leads = true;
      p.level = tree[p.above].level + 1;
      above = tree[p.above].role;
      name += " · " + std::to_string(i);
    }
    p.role = add_role(into, name, above);
    if (p.level < size.levels) open.push_back(tree.size());
    tree.push_back(p);
  }
  std::vector<std::size_t> teams;
  std::int64_t leaders = 0;
  for (place& p : tree) {
    const id above = &p == tree.data() ? size.top : tree[p.above].leader;
    if (p.leads) ++leaders;
    if (p.leads) p.leader = people.hire(chinese, p.role, above, r.name, {sets.sales, sets.leads});
    else teams.push_back(static_cast<std::size_t>(&p - tree.data()));
  }
  for (std::int64_t i = 0; i < size.users - leaders && !into.failed(); ++i) {
    const place& team = tree[teams[static_cast<std::size_t>(i) % teams.size()]];
    agent a;
    a.user = people.hire(chinese, team.role, tree[team.above].leader, r.name, {sets.sales});
    a.region = size.region;
    out.agents.push_back(std::move(a));
  }
}

sales_process add_process(writer& into, text name, std::span<const text> open,
                          std::span<const std::int64_t> chances, std::span<const text> categories,
                          text won, text lost) {
  sales_process out;
  const id line = into.add(pipeline::entity, {pipeline::name = name});
  const auto add_stage = [&](text stage_name, std::size_t at, text kind, std::int64_t chance,
                             text category) {
    return into.add(stage::entity,
                    {stage::name = stage_name, stage::pipeline = line,
                     stage::position = static_cast<std::int64_t>(at + 1), stage::class_ = kind,
                     stage::probability = decimal{chance * 100, 2},
                     stage::forecast_category = category});
  };
  for (std::size_t i = 0; i < open.size(); ++i)
    out.open.push_back(add_stage(open[i], i, "open", chances[i], categories[i]));
  out.won = add_stage(won, open.size(), "won", 100, "closed");
  out.lost = add_stage(lost, open.size() + 1, "lost", 0, "omitted");
  return out;
}

/// What one US dollar is on a price list.
std::int64_t price_factor(text currency) noexcept {
  if (currency == "CNY") return 7;
  if (currency == "JPY") return 150;
  if (currency == "HKD" || currency == "TWD") return 8;
  return 1;
}

/// An account's number of employees: many small, few large.
std::int64_t employees_of(random& by) {
  std::int64_t n = by.between(6, 60);
  for (int i = 0; i < 5 && by.chance(450); ++i) n = n * by.between(20, 45) / 10;
  return n;
}

customer add_account(writer& into, random& by, std::int64_t number, std::uint32_t owner, date today,
                     const company_state& state, std::string& domain) {
  const agent& a = state.agents[owner];
  const region_words& r = regions[a.region];
  customer out;
  out.number = static_cast<std::uint32_t>(number);
  out.agent = owner;
  out.chinese = r.country->chinese;
  const industry_words& in = by.weighted(industries);
  out.industry = static_cast<std::uint8_t>(&in - industries);
  const place& at = by.pick(r.cities);
  out.city = static_cast<std::uint8_t>(&at - r.cities);
  out.ending = static_cast<std::uint8_t>(&by.pick(r.country->endings) - r.country->endings);
  const company c = company_of(out, state);
  domain = c.domain;
  for (std::size_t i = 0; i < state.currencies.size(); ++i)
    if (state.currencies[i].code.text() == r.country->currency) out.pays_in = static_cast<purse>(i);
  const guanxi::currency code = state.currencies[out.pays_in].code;
  const std::int64_t employees = employees_of(by);
  const std::int64_t revenue = employees * by.between(60, 240) * 1000 * price_factor(code.text());
  const std::int64_t age = by.between(2, 45);

  schema::draft d = into.draft(account::entity);
  d.set(account::name = c.name).set(account::industry = in.name);
  d.set(account::phone = telephone(r.country->phone, by));
  d.set(account::email = "info@" + c.domain).set(account::website = "https://www." + c.domain);
  d.set(account::country = r.country->name);
  d.set(account::city = out.chinese ? at.zh : at.en);
  d.set(account::employees = employees);
  d.set(account::founded_year = std::int64_t{today.to_civil().year} - age);
  d.set(account::annual_revenue = money{decimal{revenue * 100, 2}, code});
  const std::int64_t standing = by.below(100);
  d.set(account::classification = text(standing < 12   ? "key"
                                       : standing < 70 ? "existing"
                                       : standing < 94 ? "prospect"
                                                       : "former"));
  d.set(schema::system_field::owner = a.user);
  // Subsidiaries belong to an earlier company of the same agent, itself nobody's subsidiary.
  if (!a.accounts.empty() && by.chance(150))
    d.set(account::parent = state.customers[a.accounts.front()].account);
  out.account = into.add(d);
  return out;
}

void add_contacts(writer& into, random& by, people& names, const std::string& domain,
                  company_state& state, customer& of) {
  static constexpr std::int64_t usual[] = {1, 1, 2, 2, 2, 3, 3, 4, 5};
  const std::int64_t n = by.pick(usual);
  of.first_contact = static_cast<std::uint32_t>(state.contacts.size());
  of.contacts = static_cast<std::uint8_t>(n);
  const country_words& country = *regions[state.agents[of.agent].region].country;
  for (std::int64_t i = 0; i < n; ++i) {
    const person p = names.next(of.chinese);
    const job_words& job = by.pick(jobs);
    schema::draft d = into.draft(contact::entity);
    d.set(contact::name = p.name).set(contact::account = of.account);
    d.set(contact::job_title = of.chinese ? job.zh : job.en);
    d.set(contact::email = p.login + "@" + domain);
    d.set(contact::mobile = telephone(country.mobile, by));
    const std::int64_t year = by.between(1962, 2001);
    const std::int64_t day = by.below(365);
    if (by.chance(350)) {
      const result<date> new_year = date::from_civil({static_cast<int>(year), 1, 1});
      if (new_year)
        d.set(contact::birthday = date{static_cast<std::int32_t>(new_year->days + day)});
    }
    d.set(schema::system_field::owner = state.agents[of.agent].user);
    state.contacts.push_back(into.add(d));
  }
}

}  // namespace

company_size company_size::of(std::int64_t opportunities, const sample_staff& staff) noexcept {
  company_size out;
  out.opportunities = opportunities;
  out.staff = staff;
  out.service = std::clamp<std::int64_t>(opportunities / 400, 3, 100);
  if (staff.users > 0) out.service = std::min(out.service, staff.users / 10);
  out.agents = staff.users > 0 ? staff.users - staff.roles / 2 - out.service
                               : std::clamp<std::int64_t>(opportunities / 55, 12, 600);
  out.accounts = std::clamp<std::int64_t>(opportunities / 6, 2 * out.agents, 500'000);
  return out;
}

std::int64_t company_size::records() const noexcept {
  // Per mille of a record, as samples of many sizes have them.
  const std::int64_t teams = (agents + team_size - 1) / team_size;
  const std::int64_t users = staff.users > 0 ? staff.users : agents + teams + service + 10;
  const std::int64_t roles = staff.users > 0 ? staff.roles : 2 * teams + 10;
  return 80 + (users * 2'100 + roles * 1'000 + accounts * 3'550 + opportunities * 7'110) / 1'000;
}

company_size company_size::of_records(std::int64_t records, const sample_staff& staff) noexcept {
  std::int64_t low = 0, high = records;
  while (low + 1 < high) {
    const std::int64_t middle = low + (high - low) / 2;
    (of(middle, staff).records() > records ? high : low) = middle;
  }
  return of(low, staff);
}

company company_of(const customer& c, const company_state& state) {
  const region_words& r = regions[state.agents[c.agent].region];
  return company_of(c.number, *r.country, r.cities[c.city], industries[c.industry],
                    r.country->endings[c.ending]);
}

void found(writer& into, random& by, const company_size& size, company_state& out) {
  permission_sets sets;
  sets.sales = add_permission_set(into, "Sales 销售", sales_rights);
  sets.leads = add_permission_set(into, "Sales management 销售管理", sales_lead_rights);
  sets.service = add_permission_set(into, "Service 客户服务", service_rights);
  sets.products = add_permission_set(into, "Product office 产品管理", product_rights);
  for (const default_words& d : defaults) share(into, d);

  hiring people(into, by);
  const id top_role = add_role(into, "VP Sales 销售副总裁", {});
  const id top = people.hire(true, top_role, {}, {}, {sets.sales, sets.leads});
  const auto share = [&](std::int64_t of_all, std::int64_t r) {
    return of_all * (r + 1) / region_count - of_all * r / region_count;
  };
  // The service's two roles, the product office's and the top stand beside those of the regions.
  const std::int64_t roles = size.staff.roles - 4;
  const std::int64_t users = size.staff.users - size.service - 3;
  for (std::int64_t r = 0; r < region_count && !into.failed(); ++r) {
    const auto region = static_cast<std::uint8_t>(r);
    if (size.staff.users == 0)
      staff_region(into, people, sets, top_role, top, region, share(size.agents, r), out);
    else
      staff_tree(into, by, people, sets,
                 {.top_role = top_role, .top = top, .region = region, .roles = share(roles, r),
                  .users = share(users, r), .levels = size.staff.role_levels - 1},
                 out);
  }

  const id service_role = add_role(into, "Head of service 客服总监", {});
  const id head = people.hire(true, service_role, {}, {}, {sets.service});
  const id desk_role = add_role(into, "Service desk 客服中心", service_role);
  for (std::int64_t i = 0; i < size.service; ++i)
    out.service.push_back(people.hire(i % 3 != 2, desk_role, head, {}, {sets.service}));
  const id office_role = add_role(into, "Product office 产品部", {});
  people.hire(false, office_role, {}, {}, {sets.products});

  // Who does how much business has nothing to do with the region: ranks are dealt like cards.
  std::vector<std::int64_t> ranks;
  for (std::size_t i = 0; i < out.agents.size(); ++i)
    ranks.push_back(static_cast<std::int64_t>(i));
  for (std::size_t i = ranks.size(); i > 1; --i) {
    const std::int64_t other = by.below(static_cast<std::int64_t>(i));
    std::swap(ranks[i - 1], ranks[static_cast<std::size_t>(other)]);
  }
  for (std::size_t i = 0; i < out.agents.size(); ++i) {
    out.agents[i].weight = 1'000'000 / (ranks[i] + 2);
    out.agents[i].skill = by.between(-160, 160);
  }
}

void stock_up(writer& into, company_state& out) {
  static constexpr text open[] = {"Prospecting", "Qualification", "Proposal", "Negotiation"};
  static constexpr std::int64_t chances[] = {10, 25, 50, 75};
  static constexpr text categories[] = {"pipeline", "pipeline", "best_case", "commit"};
  static constexpr text due[] = {"Renewal due", "Renewal quoted"};
  static constexpr std::int64_t due_chances[] = {60, 80};
  static constexpr text due_categories[] = {"best_case", "commit"};
  out.standard = add_process(into, "Sales 销售", open, chances, categories, "Won", "Lost");
  out.renewal = add_process(into, "Renewals 续约", due, due_chances, due_categories, "Renewed",
                            "Not renewed");
  for (currency_use& c : out.currencies) {
    const std::string suffix =
        out.currencies.size() > 1 ? "-" + std::string(c.code.text()) : std::string();
    for (const product_words& p : products) {
      const std::int64_t price = p.price * 100 * price_factor(c.code.text());
      const id key = into.add(
          product::entity,
          {product::name = p.name, product::code = std::string(p.code) + suffix,
           product::family = p.family, product::list_price = money{decimal{price, 2}, c.code}});
      c.stock.push_back({key, price});
    }
  }
}

bool find_customers(writer& into, random& by, const company_size& size, date today,
                    const std::function<bool()>& go_on, company_state& out) {
  people names(by);
  lottery owners;
  for (const agent& a : out.agents) owners.add(a.weight);
  out.customers.reserve(static_cast<std::size_t>(size.accounts));
  for (std::int64_t i = 0; i < size.accounts && !into.failed(); ++i) {
    if (i % 1000 == 999 && !go_on()) return false;
    // Nobody is without a customer; beyond that, who sells more also has more of them.
    const auto number = static_cast<std::size_t>(i);
    const std::size_t owner = number < out.agents.size() ? number : owners.draw(by);
    std::string domain;
    customer c = add_account(into, by, i, static_cast<std::uint32_t>(owner), today, out, domain);
    add_contacts(into, by, names, domain, out, c);
    out.agents[owner].accounts.push_back(static_cast<std::uint32_t>(out.customers.size()));
    out.customers.push_back(c);
  }
  return true;
}

}  // namespace guanxi::edge::sample
