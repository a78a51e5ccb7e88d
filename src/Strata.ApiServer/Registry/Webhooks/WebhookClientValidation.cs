using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Webhooks;

/// <summary>Rules of how to reach a webhook (apiserver: util/webhook validation.go).</summary>
internal static class WebhookClientValidation
{
    private const string Form = "; desired format: https://host[/path]";

    public static void Validate(JsonObject? client, string path, FieldErrors errors)
    {
        JsonTree.TryText(client?["url"], out var url);
        var service = client.Object("service");
        if (url is null == service is null)
        {
            errors.Required(path, "exactly one of url or service is required");
        }
        else if (url is not null)
        {
            ValidateUrl(url, $"{path}.url", errors);
        }
        else
        {
            ValidateService(service!, $"{path}.service", errors);
        }
    }

    private static void ValidateUrl(string text, string path, FieldErrors errors)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            errors.Required(path, $"url must be a valid URL: \"{text}\"{Form}");
            return;
        }

        if (url.Scheme != "https")
        {
            errors.Invalid(path, url.Scheme, $"'https' is the only allowed URL scheme{Form}");
        }

        if (url.Host.Length == 0)
        {
            errors.Invalid(path, url.Host, $"host must be specified{Form}");
        }

        if (url.UserInfo.Length > 0)
        {
            errors.Invalid(path, url.UserInfo, $"user information is not permitted in the URL{Form}");
        }

        if (url.Fragment.Length > 1)
        {
            errors.Invalid(path, url.Fragment[1..], $"fragments are not permitted in the URL{Form}");
        }

        if (url.Query.Length > 1)
        {
            errors.Invalid(path, url.Query[1..], $"query parameters are not permitted in the URL{Form}");
        }
    }

    private static void ValidateService(JsonObject service, string path, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace"])
        {
            if (service.Text(field) is null)
            {
                errors.Required($"{path}.{field}", $"service {field} is required");
            }
        }

        if (JsonTree.TryText(service["path"], out var urlPath))
        {
            ValidatePath(urlPath, $"{path}.path", errors);
        }

        if (service.Number("port") is (< 1 or > 65535) and var port)
        {
            errors.Invalid($"{path}.port", port, "port is not valid: must be between 1 and 65535, inclusive");
        }
    }

    private static void ValidatePath(string urlPath, string path, FieldErrors errors)
    {
        if (urlPath is "/")
        {
            return;
        }

        if (!urlPath.StartsWith('/'))
        {
            errors.Invalid(path, urlPath, "must start with a '/'");
            return;
        }

        var steps = (urlPath.EndsWith('/') ? urlPath[1..^1] : urlPath[1..]).Split('/');
        for (var index = 0; index < steps.Length; index++)
        {
            if (steps[index].Length == 0)
            {
                errors.Invalid(path, urlPath, $"segment[{index}] may not be empty");
            }
            else if (ObjectNames.SubdomainProblem(steps[index]) is { } problem)
            {
                errors.Invalid(path, urlPath, $"segment[{index}]: {problem}");
            }
        }
    }
}
