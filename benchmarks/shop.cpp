#include "shop.hpp"

#include "by_hand/sqlite.hpp"

#include "guanxi/store/memory.hpp"
#include "guanxi/store/sqlite.hpp"

#include <filesystem>

namespace guanxi::bench {
namespace {

std::unique_ptr<store::driver> open_driver(store_kind kind, const std::string& path) {
  if (kind == store_kind::memory) return need(store::open_memory({}));
  return need(store::open_sqlite({.path = path}, default_environment()));
}

}  // namespace

shop::shop(store_kind kind, const std::string& path) {
  std::unique_ptr<store::driver> d = open_driver(kind, path);
  raw_ = d.get();
  tenant_ = need(open(std::move(d)));
  system_ = tenant_->as_system("benchmark");
  if (tenant_->fresh()) need(system_->define(deal_definition()));
  catalog_ = system_->catalog();
  entity_ = catalog_->find("x_deal");
  slots_.emplace(*entity_);
  scratch_ = schema::record(catalog_, *entity_);
}

void shop::load_named(const char* entity, std::int64_t first, std::int64_t count,
                      const char* prefix) {
  const schema::entity& of = *catalog_->find(entity);
  const std::uint16_t name = of.find("name")->slot;
  const schema::field* login = of.find("login");
  const schema::field* active = of.find("active");
  schema::record r(catalog_, of);
  need(raw_->begin());
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string text = prefix + std::to_string(i);
    r.set(schema::system_slot::id, id{first + i});
    r.set(schema::system_slot::revision, 1);
    r.set(name, std::string_view(text));
    if (login) r.set(login->slot, std::string_view(text));
    if (active) r.set(active->slot, true);
    need(raw_->put(r, 0));
  }
  need(raw_->commit());
}

void shop::furnish(const deals& around) {
  load_named("user", first_user, around.users, "user");
  load_named("product", first_product, around.products, "product ");
  load_named("account", first_account, around.accounts, "account ");
  load_named("contact", first_contact, around.contacts, "contact ");
  settle_ids(first_deal + 100'000'000);
  give_rights(around.users);
}

void shop::settle_ids(std::int64_t next) {
  const schema::entity& meta = *catalog_->find("gx_meta");
  schema::record r(catalog_, meta);
  need(raw_->begin());
  const bool there = need(raw_->get(meta, id{1}, store::view::writing, r));
  r.set(schema::system_slot::id, id{1});
  r.set(meta.find("number")->slot, next);
  need(raw_->put(r, there ? 1 : 0));
  need(raw_->commit());
}

void shop::load(std::span<const deal> list) {
  constexpr std::size_t part = 1000;
  std::vector<schema::record> records(std::min(part, list.size()), scratch_);
  need(raw_->begin());
  for (std::size_t first = 0; first < list.size(); first += part) {
    const std::size_t count = std::min(part, list.size() - first);
    for (std::size_t i = 0; i < count; ++i) fill(records[i], *slots_, list[first + i], 1);
    need(raw_->put_all({records.data(), count}));
  }
  need(raw_->commit());
}

/// Every user may see and do all with deals, by right and not by system sight.
void shop::give_rights(std::int64_t users) {
  const auto create = [this](const char* entity, auto&& set) {
    schema::draft d = need(system_->draft(entity));
    set(d);
    return need(system_->create(d)).key();
  };
  const id rights = create("permission_set", [](auto& d) { d.set("name", "All deals"); });
  create("entity_right", [&](auto& d) {
    d.set("permission_set", rights).set("entity", "x_deal").set("modify_all", true);
  });
  const schema::entity& of = *catalog_->find("permission_assignment");
  schema::record r(catalog_, of);
  need(raw_->begin());
  for (std::int64_t i = 0; i < users; ++i) {
    r.set(schema::system_slot::id, id{first_right + i});
    r.set(schema::system_slot::revision, 1);
    r.set(of.find("user")->slot, id{first_user + i});
    r.set(of.find("permission_set")->slot, rights);
    need(raw_->put(r, 0));
  }
  need(raw_->commit());
  // Through the session, so that the rules are read again.
  const id who = create("user", [](auto& d) { d.set("login", "reader").set("name", "Reader"); });
  create("permission_assignment",
         [&](auto& d) { d.set("user", who).set("permission_set", rights); });
}

session shop::reader() const { return need(tenant_->as_user("reader")); }

void shop::put(const deal& d, bool alone) {
  if (alone) need(raw_->begin());
  fill(scratch_, *slots_, d, 1);
  need(raw_->put(scratch_, 0));
  if (alone) need(raw_->commit());
}

void shop::move(std::int64_t key, std::int32_t close_date, std::uint8_t stage, bool alone) {
  if (alone) need(raw_->begin());
  if (!need(raw_->get(*entity_, id{key}, store::view::writing, scratch_)))
    give_up(error(errc::internal, "a deal that was loaded is not there"));
  const std::int64_t revision = scratch_.revision();
  scratch_.set(slots_->close_date, date{close_date});
  scratch_.set(slots_->stage, stages[stage]);
  scratch_.set(schema::system_slot::revision, revision + 1);
  need(raw_->put(scratch_, revision));
  if (alone) need(raw_->commit());
}

void make_files(const deals& all, const std::string& ours, const std::string& by_hand) {
  for (const std::string& path : {ours, by_hand})
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  {
    shop made(store_kind::sqlite, ours);
    made.furnish(all);
    made.load(all.list);
  }
  // Closed, a file is whole without its log.
  std::filesystem::copy_file(ours, by_hand);
}

namespace {

std::int64_t number_of(const value& v) {
  switch (v.type()) {
    case value_type::reference: return v.as_id().value;
    case value_type::decimal: return v.as_decimal().coefficient;
    case value_type::date: return v.as_date().days;
    case value_type::integer: return v.as_integer();
    default: return 0;
  }
}

}  // namespace

void add(digest& into, const schema::record& r, const deal_slots& at) {
  namespace slot = schema::system_slot;
  for (std::uint16_t slot : {slot::id, at.account, at.contact, at.product, slot::owner, at.amount,
                             at.probability, at.close_date})
    into.add(number_of(r.at(slot)));
  for (std::uint16_t slot :
       {at.name, at.number, at.stage, at.region, at.currency, at.category, at.source})
    into.add(r.at(slot).as_text());
}

void add(digest& into, const query::rows& from, std::size_t row) {
  for (std::size_t column : {0, 3, 4, 5, 14, 8, 10, 13}) into.add(number_of(from.at(row, column)));
  for (std::size_t column : {1, 2, 6, 7, 9, 11, 12}) {
    const auto [in, at] = from.place(row);
    into.add(in->columns[column].at(at).as_text());
  }
}

}  // namespace guanxi::bench
