#include "services/runtime/charter/charter_pin.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"

namespace comity::charter {
namespace {

type::v1::Charter Starting() {
  const char* source = std::getenv("COMITY_SOURCE_DIR");
  return Charter::FromYamlFile(
             absl::StrCat(source == nullptr ? "." : source, "/config/charter.yaml"))
      ->document();
}

TEST(CharterPinTest, ADatabaseKeepsItsCharter) {
  testlib::Database database;
  const auto session = *storage::Session::Open(database.options());
  const auto pin = [&](const type::v1::Charter& document) {
    return PinCharter(*session, *Charter::Make(document));
  };
  EXPECT_TRUE(pin(Starting()).ok());
  EXPECT_TRUE(pin(Starting()).ok()) << "as often as it likes";

  type::v1::Charter changed = Starting();
  changed.mutable_questions(0)->mutable_answers(1)->add_leaves_working_list_of("departments/sales");
  EXPECT_EQ(Reason(pin(changed)), "CHARTER_CHANGED");
  changed.set_revision(2);
  EXPECT_EQ(Reason(pin(changed)), "CHARTER_CHANGED") << "nor by calling it another revision";
  type::v1::Charter renumbered = Starting();
  renumbered.set_revision(2);
  EXPECT_EQ(Reason(pin(renumbered)), "CHARTER_CHANGED");
  EXPECT_TRUE(pin(Starting()).ok());

  // The running user cannot make room for another.
  EXPECT_FALSE(session->Execute("DELETE FROM charters", {}).ok());
  EXPECT_FALSE(session->Execute("UPDATE charters SET document = ''", {}).ok());
}

}  // namespace
}  // namespace comity::charter
