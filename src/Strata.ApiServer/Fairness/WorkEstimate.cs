using System.Globalization;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Fairness;

/// <summary>How many seats a request takes (apiserver: pkg/util/flowcontrol/request/list_work_estimator.go).</summary>
internal static class WorkEstimate
{
    private const int ObjectsPerSeat = 100;
    private const int MostSeats = 10;

    /// <param name="count">How many objects there are of the request's kind; asked for lists only.</param>
    public static int Seats(RequestInfo info, QueryParameters query, Func<RequestInfo, int> count)
    {
        if (info.Verb is not "list" || info.Subresource.Length > 0)
        {
            return 1;
        }

        var objects = count(info);
        if (int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 && limit < objects)
        {
            objects = limit;
        }

        return Math.Clamp((objects + ObjectsPerSeat - 1) / ObjectsPerSeat, 1, MostSeats);
    }
}
