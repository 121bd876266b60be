#include "guanxi/work/pipeline.hpp"

#include "run.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace guanxi::work {

result<std::unique_ptr<pipeline>> pipeline::begin(store::store& into,
                                                  std::shared_ptr<const effect_set> effects,
                                                  const pipeline_options& how) {
  std::unique_ptr<pipeline> out(new pipeline(into, std::move(effects), how.base_currency));
  auto in = into.begin(store::write_key(), {.within = how.within, .brief = how.brief});
  if (!in) return passed(in);
  out->in_ = std::move(*in);
  out->catalog_ = out->in_->catalog();
  out->entry_ = schema::record(out->catalog_, *out->catalog_->find("gx_change"));
  if (out->effects_->catalog() == out->catalog_) return out;
  // Somebody has changed the schema since they were made ready.
  auto ready = effect_set::install(out->effects_->effects(), out->catalog_);
  if (!ready) return passed(ready);
  out->effects_ = std::make_shared<const effect_set>(std::move(*ready));
  return out;
}

pipeline::~pipeline() = default;

error pipeline::ended() {
  return error(errc::misuse, "the transaction has ended; begin another").set_aborted(true);
}

/// A read, too, may cost the transaction: the store says so, and then it must not go on.
template <class T>
result<T> pipeline::noticed(result<T> read) {
  if (!read && read.error().aborted() && in_->open()) {
    forget();
    static_cast<void>(in_->rollback());
  }
  return read;
}

result<void> pipeline::beside(const std::function<result<void>()>& task) {
  if (!in_->open()) return unexpected(ended());
  return noticed(task());
}

result<void> pipeline::about_to_write() {
  if (nesting_ != 0) return {};
  result<int> nesting = in_->nest();
  if (!nesting) return unexpected(std::move(nesting.error().set_aborted(true)));
  nesting_ = *nesting;
  return {};
}

/// Undoes a nesting where nobody can be told of failure; at worst the transaction goes with it.
void pipeline::abandon() noexcept {
  forget();
  const int nesting = std::exchange(nesting_, 0);
  if (nesting == 0) return;
  try {
    if (in_->undo(nesting)) return;
  } catch (...) {
  }
  try {
    static_cast<void>(in_->rollback());
  } catch (...) {
  }
}

/// Runs one call, in a nesting of its own once it writes: it happens whole, or leaves nothing.
template <class F>
auto pipeline::whole(const policy::grants& who, const write_options& how, F&& work)
    -> decltype(work()) {
  if (!in_->open()) return unexpected(ended());
  const std::string& cause = how.cause.empty() ? who.who().cause : how.cause;
  if (cause.find('\0') != std::string::npos || utf8_fault(cause))
    return unexpected(errc::invalid_text, "the cause of a change must be UTF-8 text without NUL");
  if (auto ok = how.within.check(); !ok) return passed(ok);
  const auto give_up = [&](error why) {
    // The store can neither keep nor undo: nothing of the transaction may survive.
    forget();
    static_cast<void>(in_->rollback());
    return unexpected(std::move(why.set_aborted(true)));
  };
  const std::int64_t batch = batch_;
  auto done = [&] {
    try {
      return work();
    } catch (...) {  // memory ran out, or something of the host's threw
      abandon();
      throw;
    }
  }();
  // What could not be looked up has been taken for out of reach: nothing may rest on that.
  if (related_) {
    related_->coming_back(0);
    if (auto failed = related_->failed()) done = unexpected(std::move(*failed));
  }
  const int nesting = std::exchange(nesting_, 0);
  if (done) {
    if (nesting == 0) return done;
    if (auto ok = in_->keep(nesting); !ok) return give_up(std::move(ok.error()));
    return done;
  }
  forget();
  batch_ = batch;
  if (nesting == 0) return done.error().aborted() ? give_up(std::move(done.error())) : done;
  if (auto ok = in_->undo(nesting); !ok) return give_up(std::move(done.error()));
  return done;
}

result<schema::record> pipeline::create(const policy::grants& who, const schema::draft& d,
                                        const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).create(d); });
}

result<schema::record> pipeline::change(const policy::grants& who, const schema::entity& of, id key,
                                        const schema::draft& d, const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).change(of, key, d); });
}

result<void> pipeline::remove(const policy::grants& who, const schema::entity& of,
                              std::span<const id> keys, const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).remove(of, keys); });
}

result<std::int64_t> pipeline::restore(const policy::grants& who, const schema::entity& of, id key,
                                       const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).restore(of, key); });
}

result<std::int64_t> pipeline::restore_batch(const policy::grants& who, std::int64_t batch,
                                             const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).restore_batch(batch); });
}

result<schema::record> pipeline::archive(const policy::grants& who, const schema::entity& of,
                                         id key, bool archived, const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).archive(of, key, archived); });
}

result<bool> pipeline::purge(const policy::grants& who, instant before, std::size_t at_most,
                             purge_place& from, const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).purge(before, at_most, from); });
}

result<query::rows> pipeline::read(const query::trimmed_plan& p, const query::bounds& within) {
  if (!in_->open()) return unexpected(ended());
  return noticed(in_->read(p, within));
}

result<schema::record> pipeline::get(const policy::grant& g, id key) {
  if (!in_->open()) return unexpected(ended());
  result<image> r = noticed(load(*g.entity, key));
  if (!r) return passed(r);
  if (!*r || (*r)->deleted()) return schema::record();
  const bool seen = g.allows(policy::action::read, **r, related());
  if (auto failed = related().failed()) {
    result<schema::record> why = unexpected(std::move(*failed));
    return noticed(std::move(why));
  }
  if (!seen) return schema::record();
  schema::record out = **r;
  out.hide_behind(g.visible);
  return out;
}

query::loaded_relatives& pipeline::related() {
  if (!related_)
    related_.emplace(
        catalog_, [this](const schema::entity& of, id key) { return load(of, key); },
        [this](const query::trimmed_plan& p) {
          return in_->read(p, {.text = world().text.get()});
        });
  return *related_;
}

result<image> pipeline::load(const schema::entity& of, id key) {
  const std::pair at(&of, key);
  if (const auto found = recent_.find(at); found != recent_.end()) return found->second;
  if (const auto found = older_.find(at); found != older_.end()) {
    image kept = found->second;
    remember(kept);
    return kept;
  }
  result<schema::record> r = in_->load(of, key);
  if (!r) return passed(r);
  if (r->empty()) return image();
  image kept = std::make_shared<const schema::record>(std::move(*r));
  remember(kept);
  return kept;
}

void pipeline::remember(image r) {
  constexpr std::size_t kept = 4096;  // enough for the parents of a long import
  if (recent_.size() >= kept) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  const std::pair at(&r->of(), r->key());
  recent_.insert_or_assign(at, std::move(r));
}

void pipeline::forget() noexcept {
  recent_.clear();
  older_.clear();
}

void pipeline::touch(const schema::entity& of) {
  if (std::find(touched_.begin(), touched_.end(), &of) == touched_.end()) touched_.push_back(&of);
}

result<std::vector<store::taken_step>> pipeline::reshape(
    std::span<const schema::request> asked) {
  if (!in_->open()) return unexpected(ended());
  std::vector<store::taken_step> out;
  reshaped_ = true;
  for (const schema::request& each : asked) {
    auto taken = store_.reshape(*in_, each);
    if (!taken) return taken;
    out.insert(out.end(), std::make_move_iterator(taken->begin()),
               std::make_move_iterator(taken->end()));
  }
  return out;
}

result<void> pipeline::commit(bool rules_changed, const std::function<void()>& before_unlocking) {
  if (!in_->open()) return unexpected(ended());
  if (rules_changed) {
    result<std::int64_t> taken = in_->next_epoch();
    if (!taken) return passed(taken);
    epoch_ = *taken + 1;
  }
  // Whoever comes next must find the new rules in force, so they are not left to a shared commit.
  return in_->commit(before_unlocking, rules_changed);
}

result<int> pipeline::savepoint() {
  if (!in_->open()) return unexpected(ended());
  result<int> nesting = in_->nest();
  if (!nesting) return nesting;
  marks_.push_back({*nesting, batch_});
  return savepoints();
}

result<void> pipeline::release(int savepoint) {
  if (!in_->open()) return unexpected(ended());
  const mark at = marks_[static_cast<std::size_t>(savepoint) - 1];
  marks_.resize(static_cast<std::size_t>(savepoint) - 1);
  return in_->keep(at.nesting);
}

result<void> pipeline::rollback_to(int savepoint) {
  if (!in_->open()) return unexpected(ended());
  const mark at = marks_[static_cast<std::size_t>(savepoint) - 1];
  marks_.resize(static_cast<std::size_t>(savepoint) - 1);
  forget();
  batch_ = at.batch;
  auto undone = in_->undo(at.nesting);
  if (undone) {
    result<int> again = in_->nest();
    if (again) {
      marks_.push_back({*again, batch_});
      return {};
    }
    undone = passed(again);
  }
  // The store can neither keep nor undo: nothing of the transaction may survive.
  static_cast<void>(in_->rollback());
  return unexpected(std::move(undone.error().set_aborted(true)));
}

result<void> pipeline::rollback() {
  if (!in_->open()) return {};  // an error has undone it already, which is what is asked for
  return in_->rollback();
}

}  // namespace guanxi::work
