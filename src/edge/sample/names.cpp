#include "names.hpp"

#include <iterator>

namespace guanxi::edge::sample {

namespace {

void append_lower(std::string& out, text from) {
  for (char c : from)
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    else if (c >= 'a' && c <= 'z') out += c;
}

constexpr auto word_count = static_cast<std::int64_t>(std::size(company_words));
static_assert(std::size(company_words) == std::size(company_words_en));

}  // namespace

std::string padded(std::int64_t number, std::size_t width) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

person people::next(bool chinese) {
  person out;
  if (!chinese) {
    const text first = by_.pick(first_names);
    const text last = by_.pick(last_names);
    out.name = std::string(first) + " " + std::string(last);
    append_lower(out.login, first);
    out.login += '.';
    append_lower(out.login, last);
    return out;
  }
  const syllable family = chinese_++ % 9 == 4 ? by_.pick(compound_surnames) : by_.pick(surnames);
  const syllable first = by_.pick(given_syllables);
  out.name = std::string(family.zh) + std::string(first.zh);
  out.login = std::string(first.pinyin);
  if (by_.chance(780)) {
    const syllable second = by_.pick(given_syllables);
    out.name += second.zh;
    out.login += second.pinyin;
  }
  out.login += '.';
  out.login += family.pinyin;
  return out;
}

company company_of(std::int64_t number, const country_words& of, const place& at,
                   const industry_words& in, text ending) {
  // Two words, walked so that neighbours differ; a number follows when all pairs are used.
  const std::int64_t pairs = word_count * word_count;
  const std::int64_t pair = (number * 61 + 17) % pairs;
  const std::int64_t again = number / pairs;
  const auto a = static_cast<std::size_t>(pair % word_count);
  const auto b = static_cast<std::size_t>(pair / word_count);
  company out;
  if (of.chinese) {
    out.name = std::string(at.zh) + std::string(company_words[a].zh);
    out.domain = std::string(company_words[a].pinyin);
    if (a != b) {
      out.name += company_words[b].zh;
      out.domain += company_words[b].pinyin;
    }
    out.name += in.zh;
    if (again > 0) out.name += "第" + std::to_string(again + 1);
    out.name += ending;
  } else {
    out.name = std::string(company_words_en[a]);
    append_lower(out.domain, company_words_en[a]);
    if (a != b) {
      out.name += " " + std::string(company_words_en[b]);
      append_lower(out.domain, company_words_en[b]);
    }
    out.name += " " + std::string(in.en);
    if (again > 0) out.name += " " + std::to_string(again + 1);
    out.name += " " + std::string(ending);
  }
  append_lower(out.domain, in.en);
  if (again > 0) out.domain += std::to_string(again + 1);
  out.domain += ".example";
  return out;
}

std::string telephone(const number_range& of, random& by) {
  const std::int64_t last = by.below(power_of_ten(static_cast<int>(of.digits)));
  return std::string(of.prefix) + padded(last, of.digits);
}

}  // namespace guanxi::edge::sample
