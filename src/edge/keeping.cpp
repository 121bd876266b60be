#include "guanxi/edge/keeping.hpp"

#include "guanxi/base/json.hpp"

#include <concepts>
#include <string_view>

namespace guanxi::edge {

namespace {

/// An object that is written member by member.
class object {
 public:
  object& add(std::string_view name, std::string_view text) {
    append_json_text(head(name), text);
    return *this;
  }
  object& add(std::string_view name, std::integral auto number) {
    head(name) += std::to_string(number);
    return *this;
  }
  object& add(std::string_view name, bool yes) {
    head(name) += yes ? "true" : "false";
    return *this;
  }
  template <class Each>
  object& add(std::string_view name, const std::vector<Each>& all,
              std::string (*written)(const Each&)) {
    std::string& out = head(name);
    out += '[';
    for (const Each& each : all) {
      if (&each != all.data()) out += ", ";
      out += written(each);
    }
    out += ']';
    return *this;
  }
  std::string done() { return text_ + "}"; }

 private:
  std::string& head(std::string_view name) {
    if (text_.size() > 1) text_ += ", ";
    append_json_text(text_, name);
    return text_ += ": ";
  }
  std::string text_ = "{";
};

std::string written(const store::finding& f) {
  object out;
  out.add("part", store::name(f.where));
  if (!f.entity.empty()) out.add("entity", std::string_view(f.entity));
  if (f.record) out.add("record", std::string_view(std::to_string(f.record.value)));
  return out.add("text", std::string_view(f.text)).done();
}

std::string of_entity(const store::salvage_report::entity& e) {
  return object()
      .add("name", std::string_view(e.name))
      .add("kept", e.kept)
      .add("doubtful", e.doubtful)
      .add("lost", e.lost)
      .done();
}

}  // namespace

std::string to_json(const store::verification& seen) {
  return object()
      .add("sound", seen.sound())
      .add("records", seen.records)
      .add("sequence", seen.sequence)
      .add("findings", seen.findings, &written)
      .add("more", seen.more)
      .done();
}

std::string to_json(const store::backup_report& made) {
  return object()
      .add("sequence", made.sequence)
      .add("records", made.records)
      .add("bytes", made.bytes)
      .done();
}

std::string to_json(const store::salvage_report& made) {
  return object()
      .add("kept", made.kept)
      .add("doubtful", made.doubtful)
      .add("lost", made.lost)
      .add("entities", made.entities, &of_entity)
      .add("findings", made.findings, &written)
      .add("more", made.more)
      .done();
}

}  // namespace guanxi::edge
