import process from 'node:process';

/**
 * In a child process: carries out what the parent's `Child` asks for, one function an order.
 * @param {Record<string, (data: any) => unknown>} orders
 */
export function takeOrders(orders) {
  process.on('disconnect', () => process.exit());
  process.on(
    'message',
    async (/** @type {{ id: number, order: string, data: unknown }} */ { id, order, data }) => {
      try {
        process.send?.({ id, answer: await orders[order]?.(data) });
      } catch (error) {
        process.send?.({ id, error: String(error) });
      }
    },
  );
  process.send?.({ id: 0 });
}
