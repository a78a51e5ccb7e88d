namespace Strata.ApiServer.Fairness;

/// <summary>What happens at a priority level at one moment.</summary>
/// <param name="Seats">Seats that are its own.</param>
/// <param name="SeatsInUse">Seats of the requests that run.</param>
/// <param name="Running">Requests that run.</param>
/// <param name="Waiting">Requests that wait.</param>
internal sealed record LevelUse(string Level, int Seats, int SeatsInUse, int Running, int Waiting);
