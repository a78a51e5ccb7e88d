using CsCheck;

namespace Strata.Store.Tests.Contract;

public abstract partial class RevisionedStoreContract
{
    private static readonly Gen<StoreOperation[]> Operations = Gen.Select(
        Gen.Enum<StoreOperationKind>(), Gen.Int[0, 5], Gen.Int[-1, 3],
        (kind, key, staleness) => new StoreOperation(kind, $"k{key}", staleness)).Array[0, 60];

    [Fact]
    public async Task Any_sequence_of_operations_behaves_as_the_model_says() =>
        await Operations.SampleAsync(
            async operations =>
            {
                var prefix = $"{Guid.CreateVersion7():N}/";
                var model = new StoreModel(await Store.Revision());
                foreach (var operation in operations)
                {
                    await model.ApplyToBoth(Store, operation, prefix);
                }
                await model.CheckAll(Store, prefix);
            },
            iter: 60, threads: 1);
}
