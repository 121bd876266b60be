#include "writer.hpp"

#include <utility>

namespace guanxi::edge::sample {

namespace {

constexpr std::string_view cause = "sample";

}  // namespace

schema::draft writer::draft(const schema::entity_row& of) {
  result<schema::draft> d = into_.draft(of.name);
  if (d) return std::move(*d);
  fail(std::move(d.error()));
  return schema::draft(*into_.catalog()->find(of.name));
}

id writer::add(const schema::draft& d) {
  if (failed()) return {};
  result<record> made = into_.create(d, cause);
  if (!made) {
    fail(std::move(made.error()));
    return {};
  }
  auto [at, fresh] = made_.counts.try_emplace(std::string(d.of().name()), 0);
  ++at->second;
  return made->key();
}

id writer::add(const schema::entity_row& of, std::initializer_list<schema::assignment> values) {
  schema::draft d = draft(of);
  for (const schema::assignment& a : values) d.set(a);
  return add(d);
}

void writer::change(id key, const schema::draft& d) {
  if (failed()) return;
  if (result<record> changed = into_.change(key, d, 0, cause); !changed)
    fail(std::move(changed.error()));
}

void writer::change(const schema::entity_row& of, id key,
                    std::initializer_list<schema::assignment> values) {
  schema::draft d = draft(of);
  for (const schema::assignment& a : values) d.set(a);
  change(key, d);
}

void writer::fail(error why) {
  if (!why_) why_ = std::move(why);
}

}  // namespace guanxi::edge::sample
