using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of dnsPolicy and dnsConfig (core: validation.go validateDNSPolicy, validatePodDNSConfig).</summary>
internal static class DnsValidation
{
    private const int MostNameservers = 3;
    private const int MostSearchPaths = 32;
    private const int MostSearchCharacters = 2048;

    public static void Validate(JsonObject spec, string path, FieldErrors errors)
    {
        var policy = spec.TextOrEmpty("dnsPolicy");
        if (policy.Length == 0)
        {
            errors.Required($"{path}.dnsPolicy");
        }
        else if (policy is not ("ClusterFirst" or "ClusterFirstWithHostNet" or "Default" or "None"))
        {
            errors.NotSupported($"{path}.dnsPolicy", policy, "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
        }

        var config = spec.Object("dnsConfig");
        var configPath = $"{path}.dnsConfig";
        if (policy == "None" && config is null)
        {
            errors.Required(configPath, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        else if (policy == "None" && config.Count("nameservers") == 0)
        {
            errors.Required($"{configPath}.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }

        if (config is not null)
        {
            ValidateConfig(config, configPath, errors);
        }
    }

    private static void ValidateConfig(JsonObject config, string path, FieldErrors errors)
    {
        if (config.Count("nameservers") > MostNameservers)
        {
            errors.Invalid($"{path}.nameservers", config["nameservers"]!, $"must not have more than {MostNameservers} nameservers");
        }

        foreach (var (server, index) in config.Texts("nameservers"))
        {
            if (!Addresses.TryParse(server, out _))
            {
                errors.Invalid($"{path}.nameservers[{index}]", server, Addresses.AnyIP);
            }
        }

        if (config.Count("searches") > MostSearchPaths)
        {
            errors.Invalid($"{path}.searches", config["searches"]!, $"must not have more than {MostSearchPaths} search paths");
        }

        var characters = 0;
        foreach (var (search, index) in config.Texts("searches"))
        {
            characters += search.Length + 1;
            if (search != "." && search.TrimEnd('.').Replace('_', 'a') is var name && ObjectNames.SubdomainProblem(name) is not null)
            {
                ObjectNames.ValidateSubdomain(search.TrimEnd('.'), $"{path}.searches[{index}]", errors);
            }
        }

        if (characters - 1 > MostSearchCharacters)
        {
            errors.Invalid($"{path}.searches", config["searches"]!, $"must not have more than {MostSearchCharacters} characters (including spaces) in the search list");
        }

        foreach (var (option, index) in config.Objects("options"))
        {
            if (option.Text("name") is null)
            {
                errors.Required($"{path}.options[{index}]", "must not be empty");
            }
        }
    }
}
