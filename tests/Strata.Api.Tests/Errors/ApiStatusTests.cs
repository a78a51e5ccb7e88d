using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Api.Tests.Errors;

public sealed class ApiStatusTests
{
    [Fact]
    public void A_failure_is_written_as_kubernetes_writes_it() => Tree.Same(
        """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \"x\" not found","reason":"NotFound",
         "details":{"name":"x","group":"apps","kind":"deployments"},"code":404}
        """,
        JsonNode.Parse(ApiErrors.NotFound(Deployment.Info, "x").Status.ToJson()));

    [Fact]
    public void Reading_what_was_written_gives_the_same_failure()
    {
        var status = new ApiStatus
        {
            Code = 422,
            Reason = StatusReason.Invalid,
            Message = "m",
            Name = "n",
            Group = "g",
            Kind = "k",
            Uid = "u",
            RetryAfterSeconds = 3,
            Continue = "token",
            Causes = [new StatusCause("FieldValueInvalid", "bad", "spec.x"), new StatusCause("FieldValueRequired", "", "")],
        };
        var back = ApiStatus.TryParse(status.ToJson());
        Assert.NotNull(back);
        Assert.Equal(status.Causes, back.Causes);
        Assert.Equal(status with { Causes = [] }, back with { Causes = [] });
    }

    [Theory]
    [InlineData("<html>502</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"kind":"Pod"}""")]
    [InlineData("""{"message":"no kind"}""")]
    public void Something_else_is_not_a_status(string text) => Assert.Null(ApiStatus.TryParse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Members_of_the_wrong_type_count_as_absent()
    {
        var status = ApiStatus.TryParse("""{"kind":"Status","code":"x","metadata":[],"details":{"causes":{},"retryAfterSeconds":"5","name":7},"message":1}"""u8.ToArray());
        Assert.NotNull(status);
        Assert.Equal((0, 0, "", ""), (status.Code, status.RetryAfterSeconds, status.Name, status.Message));
        Assert.Empty(status.Causes);
    }
}
