using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of env and envFrom (core: validation.go ValidateEnv, ValidateEnvFrom).</summary>
internal static class EnvironmentValidation
{
    private static readonly string[] Sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

    public static void Validate(JsonObject container, string path, FieldErrors errors)
    {
        foreach (var (variable, index) in container.Objects("env"))
        {
            var itemPath = $"{path}.env[{index}]";
            if (variable.Text("name") is { } name)
            {
                ValidateVariableName(name, $"{itemPath}.name", errors);
            }
            else
            {
                errors.Required($"{itemPath}.name");
            }

            if (variable.Object("valueFrom") is { } source)
            {
                ValidateSource(variable, source, $"{itemPath}.valueFrom", errors);
            }
        }

        foreach (var (source, index) in container.Objects("envFrom"))
        {
            ValidateFrom(source, $"{path}.envFrom[{index}]", errors);
        }
    }

    private static void ValidateVariableName(string name, string path, FieldErrors errors)
    {
        if (name.AsSpan().IndexOfAnyExceptInRange(' ', '~') >= 0 || name.Contains('=', StringComparison.Ordinal))
        {
            errors.Invalid(path, name, "a valid environment variable name must consist only of printable ASCII characters other than '='");
        }
    }

    private static void ValidateSource(JsonObject variable, JsonObject source, string path, FieldErrors errors)
    {
        var count = Sources.Count(name => source.Object(name) is not null);
        if (count == 0)
        {
            errors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `fileKeyRef`, or `secretKeyRef`");
        }
        else if (variable.Text("value") is not null)
        {
            errors.Invalid(path, "", "may not be specified when `value` is not empty");
        }
        else if (count > 1)
        {
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        }

        DownwardValidation.ValidateField(source.Object("fieldRef"), DownwardValidation.EnvironmentFields, $"{path}.fieldRef", errors);
        DownwardValidation.ValidateResource(source.Object("resourceFieldRef"), needsContainer: false, $"{path}.resourceFieldRef", errors);
        ValidateKey(source.Object("configMapKeyRef"), $"{path}.configMapKeyRef", errors);
        ValidateKey(source.Object("secretKeyRef"), $"{path}.secretKeyRef", errors);
    }

    private static void ValidateKey(JsonObject? reference, string path, FieldErrors errors)
    {
        if (reference is null)
        {
            return;
        }

        ObjectNames.ValidateSubdomain(reference.TextOrEmpty("name"), $"{path}.name", errors);
        if (reference.Text("key") is { } key)
        {
            DataKeys.Validate(key, $"{path}.key", errors);
        }
        else
        {
            errors.Required($"{path}.key");
        }
    }

    private static void ValidateFrom(JsonObject source, string path, FieldErrors errors)
    {
        if (source.Text("prefix") is { } prefix)
        {
            ValidateVariableName(prefix, $"{path}.prefix", errors);
        }

        var count = 0;
        foreach (var name in (ReadOnlySpan<string>)["configMapRef", "secretRef"])
        {
            if (source.Object(name) is { } reference)
            {
                count++;
                ObjectNames.ValidateSubdomain(reference.TextOrEmpty("name"), $"{path}.{name}.name", errors);
            }
        }

        if (count == 0)
        {
            errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
        }
        else if (count > 1)
        {
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        }
    }
}
