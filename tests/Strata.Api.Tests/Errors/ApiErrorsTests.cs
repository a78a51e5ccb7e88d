using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Api.Tests.Errors;

public sealed class ApiErrorsTests
{
    [Fact]
    public void Messages_are_upstreams()
    {
        Assert.Equal("pods \"a\" not found", ApiErrors.NotFound(Pod.Info, "a").Message);
        Assert.Equal("deployments.apps \"a\" already exists", ApiErrors.AlreadyExists(Deployment.Info, "a").Message);
        Assert.Equal(
            "Operation cannot be fulfilled on pods \"a\": the object has been modified; please apply your changes to the latest version and try again",
            ApiErrors.Modified(Pod.Info, "a").Message);
        Assert.Equal("pods is forbidden: no", ApiErrors.Forbidden(Pod.Info, "", "no").Message);
    }

    [Fact]
    public void An_invalid_object_names_every_problem()
    {
        var errors = new FieldErrors();
        errors.Required("spec.containers[0].name");
        errors.Invalid("spec.replicas", -1, "must be greater than or equal to 0");
        errors.NotSupported("spec.type", "x", "a", "b");
        var exception = ApiErrors.Invalid(Deployment.Info, "web", errors.Causes);
        Assert.Equal(
            "Deployment.apps \"web\" is invalid: [spec.containers[0].name: Required value, spec.replicas: Invalid value: -1: must be greater than or equal to 0, "
            + "spec.type: Unsupported value: \"x\": supported values: \"a\", \"b\"]",
            exception.Message);
        Assert.Equal((422, "Deployment"), (exception.Status.Code, exception.Status.Kind));
        Assert.Equal(["FieldValueRequired", "FieldValueInvalid", "FieldValueNotSupported"], exception.Status.Causes.Select(cause => cause.Reason));
    }

    [Fact]
    public void A_single_problem_needs_no_brackets()
    {
        var errors = new FieldErrors();
        errors.Invalid("spec", new JsonObject { ["a"] = 1 }, "no");
        Assert.Equal("Pod \"a\" is invalid: spec: Invalid value: {\"a\":1}: no", ApiErrors.Invalid(Pod.Info, "a", errors.Causes).Message);
    }

    [Fact]
    public void Exceptions_say_what_callers_branch_on()
    {
        Assert.True(ApiErrors.NotFound(Pod.Info, "a").IsNotFound);
        Assert.True(ApiErrors.Modified(Pod.Info, "a").IsConflict);
        Assert.True(ApiErrors.AlreadyExists(Pod.Info, "a").IsAlreadyExists);
        Assert.False(ApiErrors.AlreadyExists(Pod.Info, "a").IsConflict);
        Assert.True(ApiErrors.Expired("x").IsExpired);
    }
}
