using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Webhooks;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Rules of definitions (apiextensions-apiserver: pkg/apis/apiextensions/validation/validation.go).</summary>
internal static class CustomResourceDefinitionValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        ValidateName(target, spec, errors);
        ValidateGroup(spec.TextOrEmpty("group"), errors);
        ValidateScope(spec.TextOrEmpty("scope"), errors);
        ValidateVersions(spec, errors);
        RequireNames(spec.Object("names"), errors);
        ValidateNames(spec.Object("names"), "spec.names", errors);
        ValidateConversion(spec.Object("conversion"), errors);
        if (spec.IsTrue("preserveUnknownFields"))
        {
            errors.Invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }

        ValidateNames(target.Object("status").Object("acceptedNames"), "status.acceptedNames", errors);
        ApiApproval.Validate(target, errors);
    }

    private static void ValidateName(JsonObject target, JsonObject? spec, FieldErrors errors)
    {
        if (target.Name() is { Length: > 0 } name && name != $"{spec.Object("names").TextOrEmpty("plural")}.{spec.TextOrEmpty("group")}")
        {
            errors.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        }
    }

    private static void ValidateGroup(string group, FieldErrors errors)
    {
        if (group.Length == 0)
        {
            errors.Required("spec.group");
            return;
        }

        var found = new FieldErrors();
        ObjectNames.ValidateSubdomain(group, "spec.group", found);
        errors.AddRange(found.Causes);
        if (!found.Any && !group.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid("spec.group", group, "should be a domain with at least one dot");
        }
    }

    private static void ValidateScope(string scope, FieldErrors errors)
    {
        if (scope.Length == 0)
        {
            errors.Required("spec.scope");
        }
        else if (scope is not ("Cluster" or "Namespaced"))
        {
            errors.NotSupported("spec.scope", scope, "Cluster", "Namespaced");
        }
    }

    private static void ValidateVersions(JsonObject? spec, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var isUnique = true;
        var storageVersions = 0;
        foreach (var (version, index) in spec.Objects("versions"))
        {
            var path = $"spec.versions[{index}]";
            var name = version.TextOrEmpty("name");
            storageVersions += version.IsTrue("storage") ? 1 : 0;
            isUnique &= names.Add(name);
            ObjectNames.ValidateRfc1035Label(name, $"{path}.name", errors);
            ValidateDeprecation(version, $"{path}.deprecationWarning", errors);
            ValidateVersion(version, path, errors);
        }

        if (!isUnique)
        {
            errors.Invalid("spec.versions", Shown(spec), "must contain unique version names");
        }

        if (storageVersions != 1)
        {
            errors.Invalid("spec.versions", Shown(spec), "must have exactly one version marked as storage version");
        }
    }

    // Names and flags say what is wrong; upstream prints the schemas as well.
    private static JsonArray Shown(JsonObject? spec) => new(
    [
        .. spec.Objects("versions").Select(static entry => (JsonNode?)new JsonObject
        {
            ["name"] = entry.Item.TextOrEmpty("name"),
            ["served"] = entry.Item.IsTrue("served"),
            ["storage"] = entry.Item.IsTrue("storage"),
        }),
    ]);

    private static void ValidateVersion(JsonObject version, string path, FieldErrors errors)
    {
        var schema = version.Object("schema").Object("openAPIV3Schema");
        if (schema is null)
        {
            errors.Required($"{path}.schema.openAPIV3Schema", "schemas are required");
        }
        else
        {
            SchemaRules.Validate(schema, $"{path}.schema.openAPIV3Schema", version.Object("subresources")?["status"] is JsonObject, errors);
        }

        SubresourceRules.Validate(version.Object("subresources"), $"{path}.subresources", errors);
        PresentationRules.ValidateColumns(version, path, errors);
        PresentationRules.ValidateSelectableFields(version, schema, $"{path}.selectableFields", errors);
    }

    private static void ValidateDeprecation(JsonObject version, string path, FieldErrors errors)
    {
        if (!JsonTree.TryText(version["deprecationWarning"], out var warning))
        {
            return;
        }

        if (!version.IsTrue("deprecated"))
        {
            errors.Invalid(path, warning, "can only be set for deprecated versions");
            return;
        }

        if (Encoding.UTF8.GetByteCount(warning) > 256)
        {
            errors.Invalid(path, warning, "must be <= 256 characters long");
        }

        if (warning.Length == 0)
        {
            errors.Invalid(path, warning, "must not be an empty string");
        }

        if (warning.AsSpan().IndexOfAnyInRange('\0', '\x1f') is >= 0 and var position)
        {
            errors.Invalid(path, warning, $"must only contain printable UTF-8 characters; non-printable character found at index {position}");
        }
    }

    private static void RequireNames(JsonObject? names, FieldErrors errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["plural", "singular", "kind", "listKind"])
        {
            if (names.Text(name) is null)
            {
                errors.Required($"spec.names.{name}");
            }
        }
    }

    private static void ValidateNames(JsonObject? names, string path, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["plural", "singular"])
        {
            if (names.Text(field) is { } name)
            {
                ObjectNames.ValidateRfc1035Label(name, $"{path}.{field}", errors);
            }
        }

        foreach (var field in (ReadOnlySpan<string>)["kind", "listKind"])
        {
            ValidateKind(names.Text(field), $"{path}.{field}", errors);
        }

        foreach (var field in (ReadOnlySpan<string>)["shortNames", "categories"])
        {
            foreach (var (name, index) in names.Texts(field))
            {
                ObjectNames.ValidateRfc1035Label(name, $"{path}.{field}[{index}]", errors);
            }
        }

        if (names.Text("kind") is { } kind && kind == names.Text("listKind"))
        {
            errors.Invalid($"{path}.listKind", kind, "kind and listKind may not be the same");
        }
    }

    private static void ValidateKind(string? kind, string path, FieldErrors errors)
    {
        if (kind is null)
        {
            return;
        }

        var found = new FieldErrors();
        ObjectNames.ValidateRfc1035Label(kind.ToLowerInvariant(), path, found);
        foreach (var cause in found.Causes)
        {
            var detail = cause.Message[(cause.Message.IndexOf("\": ", StringComparison.Ordinal) + 3)..];
            errors.Invalid(path, kind, "may have mixed case, but should otherwise match: " + detail);
        }
    }

    private static void ValidateWebhook(JsonObject? webhook, string path, FieldErrors errors)
    {
        if (webhook.Object("clientConfig") is { } client)
        {
            WebhookClientValidation.Validate(client, $"{path}.clientConfig", errors);
        }
        else
        {
            errors.Required($"{path}.clientConfig", "required when strategy is set to Webhook");
        }

        ReviewVersionValidation.Validate(webhook, "conversionReviewVersions", path, errors);
    }

    private static void ValidateConversion(JsonObject? conversion, FieldErrors errors)
    {
        switch (conversion.TextOrEmpty("strategy"))
        {
            case "":
                errors.Required("spec.conversion.strategy");
                break;
            case "None":
                if (conversion?["webhook"] is not null)
                {
                    errors.Forbidden("spec.conversion.webhook", "should not be set when strategy is not set to Webhook");
                }

                break;
            case "Webhook":
                ValidateWebhook(conversion.Object("webhook"), "spec.conversion.webhook", errors);
                break;
            case var other:
                errors.NotSupported("spec.conversion.strategy", other, "None", "Webhook");
                break;
        }
    }
}
