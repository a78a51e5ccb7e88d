using System.Text;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>Reads the options of writes (meta/v1 CreateOptions, UpdateOptions, PatchOptions).</summary>
internal static class WriteContexts
{
    public static WriteContext From(ApiCall call)
    {
        var dryRun = DeletionOptions.RequireAll([.. call.Query.All("dryRun").Where(static value => value.Length > 0)], OptionsKind(call));
        if (call.Query["fieldManager"] is { Length: > 0 } manager)
        {
            CheckManager(manager, OptionsKind(call));
        }

        return new WriteContext(call.User, dryRun, call.Warn) { Owner = new WriteOwner(FieldManagers.Of(call)), RequireCreate = call.RequireCreate };
    }

    private static string OptionsKind(ApiCall call) => call.Info.Verb switch
    {
        "create" => "CreateOptions",
        "update" => "UpdateOptions",
        "patch" => "PatchOptions",
        _ => "DeleteOptions",
    };

    private static void CheckManager(string manager, string optionsKind)
    {
        var errors = new FieldErrors();
        if (Encoding.UTF8.GetByteCount(manager) > FieldManagers.MaxBytes)
        {
            errors.TooLong("fieldManager", FieldManagers.MaxBytes);
        }

        if (manager.EnumerateRunes().Any(static letter => !FieldManagers.IsPrintable(letter)))
        {
            errors.Invalid("fieldManager", manager, "should only contain printable characters");
        }

        if (errors.Any)
        {
            throw ApiErrors.Invalid(PatchRequest.OptionsKind(optionsKind), "", errors.Causes);
        }
    }
}
