#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace comity::fuzz {
namespace {

constexpr size_t kLongest = size_t{64} << 10;

// What parsers stumble over.
const char* const kWords[] = {"\"",
                              "\\",
                              "(",
                              ")",
                              " AND ",
                              " OR ",
                              "=",
                              ".",
                              "..",
                              "/",
                              "{",
                              "}",
                              "[",
                              "]",
                              ":",
                              "-",
                              "null",
                              "true",
                              "1e99",
                              "-1",
                              "\r\n",
                              "\xEF\xBB\xBF",
                              "%",
                              "`",
                              "*",
                              "&a",
                              "*a",
                              "\xC0\x80",
                              "\xED\xA0\x80",
                              "9223372036854775808"};
const unsigned char kBytes[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '"', '\n', ' ', '0', 'A'};

}  // namespace

Mutator::Mutator(uint64_t seed, std::vector<std::string> corpus)
    : random_(seed), corpus_(std::move(corpus)) {}

size_t Mutator::Below(size_t bound) { return bound == 0 ? 0 : random_() % bound; }

std::string Mutator::Next() {
  std::string input = Any();
  if (Below(8) == 0) {
    const std::string& other = Any();
    input = input.substr(0, Below(input.size() + 1)) + other.substr(Below(other.size() + 1));
  }
  for (size_t changes = 1 + Below(8); changes > 0; --changes) Change(&input);
  if (input.size() > kLongest) input.resize(kLongest);
  return input;
}

void Mutator::Change(std::string* input) {
  const size_t at = Below(input->size() + 1);
  const size_t length = Below(std::min<size_t>(input->size() - at, 32) + 1);
  switch (Below(7)) {
    case 0:
      if (at < input->size()) (*input)[at] = static_cast<char>((*input)[at] ^ (1 << Below(8)));
      break;
    case 1:
      if (at < input->size()) (*input)[at] = static_cast<char>(kBytes[Below(std::size(kBytes))]);
      break;
    case 2:
      input->insert(at, 1, static_cast<char>(Below(256)));
      break;
    case 3:
      input->erase(at, length);
      break;
    case 4:
      input->insert(Below(input->size() + 1), input->substr(at, length));
      break;
    case 5:
      input->insert(at, kWords[Below(std::size(kWords))]);
      break;
    default:  // one piece many times: depth and length
      for (size_t times = Below(200); times > 0 && input->size() < kLongest; --times) {
        input->insert(at, input->substr(at, std::max<size_t>(1, std::min<size_t>(length, 4))));
      }
  }
}

}  // namespace comity::fuzz
