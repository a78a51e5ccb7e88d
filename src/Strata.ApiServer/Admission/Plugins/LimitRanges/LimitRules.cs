using System.Globalization;
using Strata.Api.Models;
using Strata.Api.Quotas;

namespace Strata.ApiServer.Admission.Plugins.LimitRanges;

/// <summary>What one LimitRange has against a pod or a claim, in upstream's words (plugin/pkg/admission/limitranger). Pure.</summary>
internal static class LimitRules
{
    private static readonly IReadOnlyDictionary<string, Quantity> NoLimits = new Dictionary<string, Quantity>();

    public static IReadOnlyList<string> Problems(LimitRange range, PodSpec pod)
    {
        var problems = new List<string>();
        foreach (var item in range.Spec.Limits)
        {
            if (item.Type == "Container")
            {
                foreach (var container in pod.Containers.Concat(pod.InitContainers))
                {
                    Check(item, container.Resources.Requests, container.Resources.Limits, problems);
                }
            }
            else if (item.Type == "Pod")
            {
                Check(item, PodTotals.Requests(pod, withOverhead: false), PodTotals.Limits(pod, withOverhead: false), problems);
            }
        }

        return problems;
    }

    public static IReadOnlyList<string> Problems(LimitRange range, PersistentVolumeClaimSpec claim)
    {
        var problems = new List<string>();
        foreach (var item in range.Spec.Limits.Where(static item => item.Type == "PersistentVolumeClaim"))
        {
            foreach (var (resource, min) in Sorted(item.Min))
            {
                CheckMin(item.Type, resource, min, claim.Resources.Requests, NoLimits, problems);
            }

            foreach (var (resource, max) in Sorted(item.Max))
            {
                CheckMaxRequest(item.Type, resource, max, claim.Resources.Requests, problems);
            }
        }

        return problems;
    }

    /// <summary>Several problems as one text.</summary>
    public static string Join(IReadOnlyList<string> problems) =>
        problems.Distinct().ToList() is [var only] ? only : $"[{string.Join(", ", problems.Distinct())}]";

    private static void Check(LimitRangeItem item, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> problems)
    {
        foreach (var (resource, min) in Sorted(item.Min))
        {
            CheckMin(item.Type, resource, min, requests, limits, problems);
        }

        foreach (var (resource, max) in Sorted(item.Max))
        {
            CheckMax(item.Type, resource, max, requests, limits, problems);
        }

        foreach (var (resource, ratio) in Sorted(item.MaxLimitRequestRatio))
        {
            CheckRatio(item.Type, resource, ratio, requests, limits, problems);
        }
    }

    private static void CheckMin(
        string type, string resource, Quantity min, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> problems)
    {
        var rule = $"minimum {resource} usage per {type} is {min}";
        if (!requests.TryGetValue(resource, out var request))
        {
            problems.Add($"{rule}.  No request is specified");
        }
        else if (request < min)
        {
            problems.Add($"{rule}, but request is {request}");
        }
        else if (limits.TryGetValue(resource, out var limit) && limit < min)
        {
            problems.Add($"{rule}, but limit is {limit}");
        }
    }

    private static void CheckMax(
        string type, string resource, Quantity max, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> problems)
    {
        var rule = $"maximum {resource} usage per {type} is {max}";
        if (!limits.TryGetValue(resource, out var limit))
        {
            problems.Add($"{rule}.  No limit is specified");
        }
        else if (limit > max)
        {
            problems.Add($"{rule}, but limit is {limit}");
        }
        else if (requests.TryGetValue(resource, out var request) && request > max)
        {
            problems.Add($"{rule}, but request is {request}");
        }
    }

    private static void CheckMaxRequest(string type, string resource, Quantity max, IReadOnlyDictionary<string, Quantity> requests, List<string> problems)
    {
        var rule = $"maximum {resource} usage per {type} is {max}";
        if (!requests.TryGetValue(resource, out var request))
        {
            problems.Add($"{rule}.  No request is specified");
        }
        else if (request > max)
        {
            problems.Add($"{rule}, but request is {request}");
        }
    }

    private static void CheckRatio(
        string type, string resource, Quantity most, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> problems)
    {
        var rule = $"{resource} max limit to request ratio per {type} is {most}";
        var request = requests.GetValueOrDefault(resource);
        var limit = limits.GetValueOrDefault(resource);
        if (request.IsZero)
        {
            problems.Add($"{rule}, but no request is specified or request is 0");
        }
        else if (limit.IsZero)
        {
            problems.Add($"{rule}, but no limit is specified or limit is 0");
        }
        else if ((decimal)limit.MilliValue * 1000 > (decimal)request.MilliValue * most.MilliValue)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{rule}, but provided ratio is {(decimal)limit.MilliValue / request.MilliValue:F6}"));
        }
    }

    private static IEnumerable<KeyValuePair<string, Quantity>> Sorted(IReadOnlyDictionary<string, Quantity> amounts) =>
        amounts.OrderBy(static entry => entry.Key, StringComparer.Ordinal);
}
