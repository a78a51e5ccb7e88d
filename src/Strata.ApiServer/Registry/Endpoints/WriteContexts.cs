using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>Reads the options of writes (meta/v1 CreateOptions, UpdateOptions, PatchOptions).</summary>
internal static class WriteContexts
{
    private const int MaxFieldManagerLength = 128;

    public static WriteContext From(ApiCall call)
    {
        var dryRun = DeletionOptions.RequireAll([.. call.Query.All("dryRun").Where(static value => value.Length > 0)]);
        if (call.Query["fieldManager"] is { } manager && (manager.Length > MaxFieldManagerLength || manager.Any(char.IsControl)))
        {
            var errors = new FieldErrors();
            errors.Invalid("fieldManager", manager, "should only contain printable characters, at most 128 of them");
            throw ApiErrors.Invalid(new KindInfo("meta.k8s.io", "v1", "PatchOptions", "", false), "", errors.Causes);
        }

        return new WriteContext(call.User, dryRun, call.Warn);
    }
}
