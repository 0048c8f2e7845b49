#include "orchestrator/containment.h"
#include "orchestrator/said.h"
#include "planning_fixture.h"

/* Where the values of a plan come from. */

namespace
{

class Containment : public Planning
{
  protected:
    /* Faults of one payment step with these parameters behind a step that creates an order. */
    std::vector<std::string> Faults(const std::string &request, const std::string &parameters,
                                    const std::string &context = "",
                                    const char *otherwise = nullptr)
    {
        std::string text =
            R"({"execution_steps":[{"step_id":"create_ro","service_name":"repair_orders",)"
            R"("operation":"create_repair_order","parameters":{}},{"step_id":"pay",)"
            R"("service_name":"payment","operation":"create_payment_link","parameters":)" +
            parameters + "}]}";
        orch_texts faults = {};
        sl_error error = {};
        EXPECT_EQ(SL_OK, orch_plan_read(Json(text), &defaults_, arena_, &plan_, &faults, &error));
        EXPECT_THAT(List(faults), testing::IsEmpty());
        orch_origin origin = {request.c_str(), context.empty() ? nullptr : Json(context),
                              otherwise};
        EXPECT_EQ(SL_OK, orch_contain(plan_, &origin, arena_, &faults));
        return List(faults);
    }

    std::string Sources()
    {
        const json_t *steps = json_object_get(plan_->document, "execution_steps");
        return Text(json_object_get(json_array_get(steps, 1), "sources"));
    }

    /* What the second step's parameters may be filled with; empty: with that. */
    std::string Filled(const std::string &parameters, const std::string &resolved)
    {
        orch_capabilities capabilities = Dealership();
        sl_error error = {};
        Faults("", parameters, "", "request");
        return orch_contain_resolved(
                   &plan_->steps[1], Json(resolved),
                   orch_capabilities_operation(&capabilities, "payment", "create_payment_link"),
                   &error) == SL_OK
                   ? ""
                   : error.message;
    }

    orch_plan *plan_ = nullptr;
};

TEST_F(Containment, ChecksWhatReferencesWereFilledWith)
{
    const std::string planned =
        R"({"repair_order_id":"{{create_ro.repair_order_id}}","amount":"{{create_ro.total}}",)"
        R"("customer_email":"{{create_ro.customer_details.email}}"})";

    EXPECT_EQ("",
              Filled(planned, R"({"repair_order_id":"5","amount":9.5,"customer_email":"a@b.cd"})"));
    EXPECT_THAT(Filled(planned, R"({"repair_order_id":"5","amount":0,"customer_email":"a@b.cd"})"),
                testing::HasSubstr("amount"));
    EXPECT_THAT(
        Filled(planned, R"({"repair_order_id":"5","amount":[1],"customer_email":"a@b.cd"})"),
        testing::HasSubstr("amount"));
    EXPECT_THAT(
        Filled(planned, R"({"repair_order_id":"5","amount":9,"customer_email":"a@b.cd,e@f.gh"})"),
        testing::HasSubstr("recipient"));
    EXPECT_THAT(Filled(planned, R"({"repair_order_id":5,"amount":9,"customer_email":"a@b.cd"})"),
                testing::HasSubstr("repair_order_id"));
}

} // namespace

TEST_F(Containment, ShowsWhereEachValueComesFrom)
{
    EXPECT_THAT(Faults("Bill $100 for the new order",
                       R"({"repair_order_id":"{{create_ro.repair_order_id}}","amount":100,)"
                       R"("customer_email":"Bob@Example.com","currency":"USD","notes":"anything"})",
                       R"({"customer":{"email":"bob@example.com"}})"),
                testing::IsEmpty());
    EXPECT_EQ(R"({"repair_order_id":"result of create_ro","amount":"request",)"
              R"("customer_email":"context.customer.email","currency":"request"})",
              Sources());
}

TEST_F(Containment, RefusesWhatIsMadeUp)
{
    EXPECT_THAT(Faults("Send a payment link of $100 for RO 1234 to bob@example.com",
                       R"({"repair_order_id":"1234","amount":1000,"customer_email":)"
                       R"("eve@example.com","currency":"EUR","account":"DE89"})"),
                testing::ElementsAre(testing::HasSubstr("amount names an amount, and 1000 comes "
                                                        "neither from the request"),
                                     testing::HasSubstr("customer_email names a recipient"),
                                     testing::HasSubstr("currency names a currency"),
                                     testing::HasSubstr("account names an account")));
}

TEST_F(Containment, AnOrdersNumberIsNoAmount)
{
    EXPECT_THAT(Faults("Send a link for RO 1234", R"({"amount":1234})"), testing::SizeIs(1));
    EXPECT_THAT(Faults("Send a link", R"({"amount":1234})", R"({"repair_order_id":1234})"),
                testing::SizeIs(1));
    EXPECT_THAT(Faults("Send a link", R"({"amount":12.5})", R"({"amount":"12.50"})"),
                testing::IsEmpty());
}

TEST_F(Containment, AReferenceIsOneWholeValueOfItsKind)
{
    const char *request = "Send a link";
    EXPECT_THAT(Faults(request, R"({"amount":"{{create_ro.total_amount}}"})"), testing::IsEmpty());
    EXPECT_THAT(Faults(request, R"({"customer_email":"{{create_ro.customer.email}}"})"),
                testing::IsEmpty());
    EXPECT_THAT(Faults(request, R"({"customer_email":"{{create_ro.notes}}"})"),
                testing::ElementsAre(testing::HasSubstr("is not one whole value of that kind")));
    EXPECT_THAT(Faults(request, R"({"customer_email":"{{create_ro.email}}.evil.com"})"),
                testing::SizeIs(1));
    EXPECT_THAT(Faults(request, R"({"amount":"{{create_ro.repair_order_id}}"})"),
                testing::SizeIs(1));
    EXPECT_THAT(Faults(request, R"({"customer_email":"{{create_ro}}"})"), testing::SizeIs(1));
}

TEST_F(Containment, LooksInsideListsAndObjects)
{
    EXPECT_THAT(Faults("Send a link to a@b.co",
                       R"({"recipients":["a@b.co","eve@evil.co"],"lines":[{"price":7}]})"),
                testing::ElementsAre(testing::HasSubstr("recipients[1]"),
                                     testing::HasSubstr("lines[0].price")));
}

TEST_F(Containment, AReviewedPlanIsASourceItself)
{
    EXPECT_THAT(Faults("Run it", R"({"amount":5,"customer_email":"a@b.co"})", "", "plan"),
                testing::IsEmpty());
    EXPECT_EQ(R"({"amount":"plan","customer_email":"plan"})", Sources());
}

TEST(WordsHold, WholeWordsAndNumbersOnly)
{
    EXPECT_TRUE(orch_words_hold("add it to RO#1234.", "1234", false));
    EXPECT_TRUE(orch_words_hold("add it to ro 77", "RO-77", false));
    EXPECT_TRUE(orch_words_hold("RO1234", "1234", false));
    EXPECT_FALSE(orch_words_hold("RO 12345", "1234", false));
    EXPECT_FALSE(orch_words_hold("RO 91234", "1234", false));
    EXPECT_FALSE(orch_words_hold("from 12 to 34", "1234", false));
    EXPECT_FALSE(orch_words_hold("12 34", "1234", false));
    EXPECT_TRUE(orch_words_hold("call +1 (555) 123-4567", "15551234567", true));
    EXPECT_FALSE(orch_words_hold("anything", "", false));
    EXPECT_FALSE(orch_words_hold("anything", "--", false));
}

TEST(WordsHold, WholeAddressesOnly)
{
    EXPECT_TRUE(orch_words_hold_address("to bob@example.com.", "Bob@example.com"));
    EXPECT_FALSE(orch_words_hold_address("to bob@example.com.evil", "bob@example.com"));
    EXPECT_FALSE(orch_words_hold_address("to jim.bob@example.com", "bob@example.com"));
    EXPECT_FALSE(orch_words_hold_address("to bob@example.comedy", "bob@example.com"));
}
